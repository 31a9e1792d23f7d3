package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"time"

	"salvor.test/cluster/internal/kubeconfig"
	"salvor.test/cluster/internal/process"
)

// Keys are those of the API server itself: its clients trust them already.
type Keys struct{ Certificate, Key []byte }

// server forwards what the director lets pass. Whoever the cluster's authority vouches for acts as
// the user of the upstream access.
type server struct {
	director *director
	forward  *httputil.ReverseProxy
	// end kills a process and returns when it is dead.
	end func(pid int) error
}

func newServer(upstream kubeconfig.Access, director *director) (*server, error) {
	target, err := url.Parse(upstream.Server)
	if err != nil {
		return nil, fmt.Errorf("the API server's address: %w", err)
	}
	roots, err := pool(upstream.CA)
	if err != nil {
		return nil, err
	}
	certificate, err := tls.X509KeyPair(upstream.Certificate, upstream.Key)
	if err != nil {
		return nil, fmt.Errorf("the client certificate: %w", err)
	}
	s := &server{director: director, end: endProcess}
	s.forward = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: &http.Transport{
			TLSClientConfig:    &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}},
			ForceAttemptHTTP2:  true,
			DisableCompression: true, // the client's own wish is passed on
		},
		FlushInterval:  -1, // watches
		ModifyResponse: s.strikeBehind,
		ErrorHandler:   abort,
		ErrorLog:       log.New(io.Discard, "", 0),
	}
	return s, nil
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	connection := connectionOf(r)
	decided := s.director.judge(r, connection.generation)
	switch {
	case decided.act == ignore:
		panic(http.ErrAbortHandler)
	case decided.act == wait:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case decided.act == refuse:
		answerTooMany(w, decided.retryAfter)
		return
	case decided.act != pass && decided.moment == Before:
		s.strike(decided, connection)
		panic(http.ErrAbortHandler)
	}
	s.forward.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), fateKey, decided)))
}

// strikeBehind is called when the API server has answered and nothing of it is passed on yet.
func (s *server) strikeBehind(response *http.Response) error {
	decided, _ := response.Request.Context().Value(fateKey).(fate)
	if decided.act == pass {
		return nil
	}
	s.strike(decided, connectionOf(response.Request))
	return http.ErrAbortHandler
}

func (s *server) strike(decided fate, connection connection) {
	if decided.act == drop {
		connection.cut()
		return
	}
	time.Sleep(decided.hold)
	s.director.bury()
	s.director.killed(decided.struck, s.end(decided.pid))
}

// abort ends the exchange without an answer; httputil would make up a 502 of its own.
func abort(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }

// answerTooMany says what an API server says whose queues are full.
func answerTooMany(w http.ResponseWriter, seconds int) {
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	http.Error(w, "Too many requests, please try again later.", http.StatusTooManyRequests)
}

func endProcess(pid int) error {
	identity, err := process.Identify(pid)
	if err != nil {
		return fmt.Errorf("killing process %d: %w", pid, err)
	}
	return identity.End()
}

type contextKey int

const (
	fateKey contextKey = iota
	connectionKey
)

// connection is what a request came by.
type connection struct {
	raw        net.Conn
	generation int
}

// cut closes the connection below TLS, so that the client gets no farewell.
func (c connection) cut() {
	if secured, isTLS := c.raw.(*tls.Conn); isTLS {
		secured.NetConn().Close()
	}
}

func connectionOf(r *http.Request) connection {
	found, _ := r.Context().Value(connectionKey).(connection)
	return found
}

// secure makes the HTTP server of the handler, for clients of the cluster's authority.
func (s *server) secure(keys Keys, authority []byte) (*http.Server, error) {
	certificate, err := tls.X509KeyPair(keys.Certificate, keys.Key)
	if err != nil {
		return nil, fmt.Errorf("the serving certificate: %w", err)
	}
	clients, err := pool(authority)
	if err != nil {
		return nil, err
	}
	return &http.Server{
		Handler: s,
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{certificate},
			ClientCAs:    clients,
			ClientAuth:   tls.RequireAndVerifyClientCert,
		},
		ConnContext: func(ctx context.Context, raw net.Conn) context.Context {
			return context.WithValue(ctx, connectionKey, connection{raw, s.director.generation()})
		},
		ErrorLog: log.New(io.Discard, "", 0), // clients that are killed say no farewell either
	}, nil
}

func pool(authority []byte) (*x509.CertPool, error) {
	certificates := x509.NewCertPool()
	if !certificates.AppendCertsFromPEM(authority) {
		return nil, errors.New("the cluster's authority has no certificate")
	}
	return certificates, nil
}
