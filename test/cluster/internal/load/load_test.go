package load

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"salvor.test/cluster/internal/kubeconfig"
)

type object struct {
	APIVersion string
	Kind       string
	Metadata   struct{ Name, Namespace string }
	Data       map[string]string
	RoleRef    struct{ Name string }
}

func parse(t *testing.T, creations []creation) []object {
	t.Helper()
	objects := make([]object, len(creations))
	for i, creation := range creations {
		if err := json.Unmarshal(creation.body, &objects[i]); err != nil {
			t.Fatal(err)
		}
	}
	return objects
}

func TestEachBlockHasTheWholeMixInOneNamespace(t *testing.T) {
	creations, err := prepareObjects(2*len(mix), []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]map[string]int{"a": {}, "b": {}}
	for _, made := range parse(t, creations) {
		kinds[made.Metadata.Namespace][made.Kind]++
	}

	if len(kinds["a"]) != 10 || kinds["a"]["ConfigMap"] != 7 || kinds["a"]["Secret"] != 4 {
		t.Errorf("got %v", kinds["a"])
	}
	if !maps.Equal(kinds["a"], kinds["b"]) {
		t.Errorf("got %v and %v", kinds["a"], kinds["b"])
	}
}

func TestDataAreRandomAndTheSameEachTime(t *testing.T) {
	first, errFirst := prepareObjects(2*len(mix), []string{"a"})
	second, errSecond := prepareObjects(2*len(mix), []string{"a"})
	if errFirst != nil || errSecond != nil {
		t.Fatal(errFirst, errSecond)
	}

	objects, again := parse(t, first), parse(t, second)
	if len(objects[0].Data["data"]) != dataBytes || objects[0].Data["data"] == objects[1].Data["data"] {
		t.Errorf("got %v and %v", objects[0].Data, objects[1].Data)
	}
	if objects[0].Data["data"] != again[0].Data["data"] {
		t.Error("two runs differ")
	}
}

func TestObjectsOfABlockNameEachOther(t *testing.T) {
	creations, err := prepareObjects(2*len(mix), []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	objects := parse(t, creations)

	made, named := objects[len(mix)+role], objects[len(mix)+role+1].RoleRef.Name
	if made.Kind != "Role" || named != made.Metadata.Name {
		t.Errorf("%s %s is named %s", made.Kind, made.Metadata.Name, named)
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
		if served(w, r) {
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

// served answers for a cluster that serves the custom kind; false for any other request.
func served(w http.ResponseWriter, r *http.Request) bool {
	if strings.HasSuffix(r.URL.Path, "/customresourcedefinitions") {
		w.WriteHeader(http.StatusCreated)
		return true
	}
	return r.Method == http.MethodGet
}

func TestFirstRefusalStopsTheRun(t *testing.T) {
	path := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !served(w, r) {
			w.WriteHeader(http.StatusConflict)
		}
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

	if err != nil || !strings.HasPrefix(out.String(), "objects=30 bytes=") {
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
