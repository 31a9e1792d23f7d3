package load

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"salvor.test/cluster/internal/kubeconfig"
)

func TestTwoConfigMapsComeWithEachSecret(t *testing.T) {
	creations, err := prepareObjects(9, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, creation := range creations {
		var made object
		if err := json.Unmarshal(creation.body, &made); err != nil {
			t.Fatal(err)
		}
		kinds[made.Kind]++
		if len(made.Data["data"]) != dataBytes {
			t.Errorf("%s has %d bytes of data", made.Metadata.Name, len(made.Data["data"]))
		}
	}

	if kinds["ConfigMap"] != 6 || kinds["Secret"] != 3 {
		t.Errorf("got %v", kinds)
	}
}

func TestEachObjectIsCreatedOnce(t *testing.T) {
	var namespaces, objects atomic.Int64
	path := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/namespaces" {
			namespaces.Add(1)
			w.WriteHeader(http.StatusConflict) // an earlier run has made them
			return
		}
		objects.Add(1)
		w.WriteHeader(http.StatusCreated)
	})
	var out bytes.Buffer

	err := Create(path, Plan{Objects: 50, Namespaces: 3, Prefix: "p", InFlight: 8, Connections: 2}, &out)

	if err != nil || !strings.HasPrefix(out.String(), "created=50 seconds=") {
		t.Errorf("%q, %v", out.String(), err)
	}
	if namespaces.Load() != 3 || objects.Load() != 50 {
		t.Errorf("%d namespaces and %d objects requested", namespaces.Load(), objects.Load())
	}
}

func TestFirstRefusalStopsTheRun(t *testing.T) {
	path := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusConflict)
	})

	err := Create(path, Plan{Objects: 50, Namespaces: 1, Prefix: "p", InFlight: 1, Connections: 1}, &bytes.Buffer{})

	if err == nil || !strings.Contains(err.Error(), "another --prefix") {
		t.Errorf("got %v", err)
	}
}

func TestAllPagesAreRead(t *testing.T) {
	path := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("continue") == "" {
			fmt.Fprint(w, `{"metadata":{"continue":"more"},"items":[{},{}]}`)
			return
		}
		fmt.Fprint(w, `{"metadata":{},"items":[{}]}`)
	})
	var out bytes.Buffer

	err := List(path, &out)

	if err != nil || !strings.HasPrefix(out.String(), "objects=6 bytes=") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestPercentilesAreLatenciesThatOccurred(t *testing.T) {
	latencies := []time.Duration{4 * time.Millisecond, time.Millisecond, 3 * time.Millisecond, 2 * time.Millisecond}

	if got := milliseconds(latencies, 50); got != 2 {
		t.Errorf("p50 = %v, want 2", got)
	}
	if got := milliseconds(latencies, 99); got != 4 {
		t.Errorf("p99 = %v, want 4", got)
	}
}

// serve returns the path of a kubeconfig for a server that answers as told. Its own certificate
// serves as the client's, for a client must have one.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	key, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	path := filepath.Join(t.TempDir(), "kubeconfig")
	err = kubeconfig.Write(path, kubeconfig.Access{
		Server:      server.URL,
		CA:          certificate,
		Certificate: certificate,
		Key:         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}
