package apiclient

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"salvor.test/cluster/internal/kubeconfig"
)

func TestRequestAndAnswerPassUnchanged(t *testing.T) {
	access := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, r.Method+" "+r.URL.String()+" "+r.Header.Get("Content-Type")+" "+string(body))
	})
	client, err := New(access, 1)
	if err != nil {
		t.Fatal(err)
	}

	answer, err := client.Do(context.Background(), http.MethodPost, "/api?limit=1", []byte("{}"))

	want := "POST /api?limit=1 application/json {}"
	if err != nil || answer.Status != http.StatusTeapot || string(answer.Body) != want {
		t.Errorf("got %d %q, %v; want %q", answer.Status, answer.Body, err, want)
	}
}

func TestRequestsAreSpreadOverTheConnections(t *testing.T) {
	var mutex sync.Mutex
	connections := map[string]bool{}
	access := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		connections[r.RemoteAddr] = true
	})
	client, err := New(access, 3)
	if err != nil {
		t.Fatal(err)
	}

	for range 9 {
		if _, err := client.Do(context.Background(), http.MethodGet, "/", nil); err != nil {
			t.Fatal(err)
		}
	}

	if len(connections) != 3 {
		t.Errorf("%d connections were used, want 3", len(connections))
	}
}

func TestUnusableAccessIsRefusedAtOnce(t *testing.T) {
	usable := serve(t, nil)
	for want, access := range map[string]kubeconfig.Access{
		"certificate-authority-data": {CA: []byte("none"), Certificate: usable.Certificate, Key: usable.Key},
		"client certificate":         {CA: usable.CA, Certificate: usable.Certificate, Key: []byte("none")},
	} {
		if _, err := New(access, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

// serve gives access to a server whose own certificate serves as the client's too.
func serve(t *testing.T, handler http.HandlerFunc) kubeconfig.Access {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	key, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return kubeconfig.Access{
		Server:      server.URL,
		CA:          certificate,
		Certificate: certificate,
		Key:         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	}
}
