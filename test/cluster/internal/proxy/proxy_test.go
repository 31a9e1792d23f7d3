package proxy

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"salvor.test/cluster/internal/apiclient"
	"salvor.test/cluster/internal/kubeconfig"
	"salvor.test/cluster/internal/pki"
)

// stage has an API server that counts, a proxy before it, and a client of the proxy.
type stage struct {
	director *director
	client   *apiclient.Client
	arrived  atomic.Int64
	ended    []int // pids
}

func setUp(t *testing.T, script Script) *stage {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := pki.Ensure(); err != nil {
		t.Fatal(err)
	}
	set := &stage{director: newDirector(script)}
	access := kubeconfig.Access{
		CA:          read(t, pki.Certificate(pki.ClusterCA)),
		Certificate: read(t, pki.Certificate(pki.Admin)),
		Key:         read(t, pki.Key(pki.Admin)),
	}
	keys := Keys{Certificate: read(t, pki.Certificate(pki.APIServer)), Key: read(t, pki.Key(pki.APIServer))}
	access.Server = startAPIServer(t, set, keys)
	access.Server = startProxy(t, set, access, keys)
	client, err := apiclient.New(access, 1)
	if err != nil {
		t.Fatal(err)
	}
	set.client = client
	return set
}

func startAPIServer(t *testing.T, set *stage, keys Keys) string {
	t.Helper()
	certificate, err := tls.X509KeyPair(keys.Certificate, keys.Key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set.arrived.Add(1)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%s %s of %s", r.Method, r.URL, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

func startProxy(t *testing.T, set *stage, upstream kubeconfig.Access, keys Keys) string {
	t.Helper()
	handler, err := newServer(upstream, set.director)
	if err != nil {
		t.Fatal(err)
	}
	handler.end = func(pid int) error {
		set.ended = append(set.ended, pid)
		return nil
	}
	secured, err := handler.secure(keys, upstream.CA)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go secured.ServeTLS(listener, "", "")
	t.Cleanup(func() { secured.Close() })
	return "https://" + listener.Addr().String()
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func (s *stage) do(method, path string) (apiclient.Answer, error) {
	return s.client.Do(context.Background(), method, path, []byte("{}"))
}

func TestRequestsAreForwardedAsTheyAre(t *testing.T) {
	set := setUp(t, Script{})

	answer, err := set.do("PATCH", "/apis/apps/v1/x?dryRun=All")

	if err != nil || answer.Status != 201 || string(answer.Body) != "PATCH /apis/apps/v1/x?dryRun=All of admin" {
		t.Errorf("got %d %s, %v", answer.Status, answer.Body, err)
	}
}

func TestARefusalNeverReachesTheServer(t *testing.T) {
	set := setUp(t, Script{RefuseShare: 0.999, RetryAfterSeconds: 1})

	answer, err := set.do("POST", "/api")

	if err != nil || answer.Status != http.StatusTooManyRequests || set.arrived.Load() != 0 {
		t.Errorf("got %d, %v, %d requests arrived", answer.Status, err, set.arrived.Load())
	}
}

func TestARefusalSaysWhenToComeBack(t *testing.T) {
	recorder := httptest.NewRecorder()

	answerTooMany(recorder, 3)

	if got := recorder.Header().Get("Retry-After"); got != "3" {
		t.Errorf("got %q", got)
	}
}

func TestADropIsBeforeOrAfterTheWrite(t *testing.T) {
	for moment, arrives := range map[Moment]int64{Before: 0, After: 1} {
		set := setUp(t, Script{Drops: []Drop{{Write: 1, Moment: moment}}})

		_, err := set.do("POST", "/api")

		if err == nil || set.arrived.Load() != arrives {
			t.Errorf("%s: %v, %d requests arrived", moment, err, set.arrived.Load())
		}
		if answer, err := set.do("POST", "/api"); err != nil || answer.Status != 201 {
			t.Errorf("%s: the next write: %v", moment, err)
		}
	}
}

func TestAKillIsBeforeOrAfterTheRequest(t *testing.T) {
	for moment, arrives := range map[Moment]int64{Before: 0, After: 1} {
		set := setUp(t, Script{Kill: &Kill{Request: 1, Moment: moment, PID: 4711}})

		_, err := set.do("POST", "/api")

		if err == nil || set.arrived.Load() != arrives || len(set.ended) != 1 || set.ended[0] != 4711 {
			t.Errorf("%s: %v, %d requests arrived, ended %v", moment, err, set.arrived.Load(), set.ended)
		}
		if got := set.director.report().Kills; len(got) != 1 || got[0].Path != "/api" || got[0].Moment != moment {
			t.Errorf("%s: noted %v", moment, got)
		}
	}
}

func TestAKilledProcessIsDeadWhenTheKillReturns(t *testing.T) {
	sleeper := exec.Command("sleep", "60")
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}

	err := endProcess(sleeper.Process.Pid)

	if ended := sleeper.Wait(); err != nil || ended == nil || !strings.Contains(ended.Error(), "killed") {
		t.Errorf("%v, %v", err, ended)
	}
	if err := endProcess(sleeper.Process.Pid); err == nil {
		t.Error("a process that is gone was killed")
	}
}

func TestOnlyThisMachineIsServed(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "nonsense"} {
		if listener, err := listen(address); err == nil {
			listener.Close()
			t.Errorf("%s is served", address)
		}
	}
}
