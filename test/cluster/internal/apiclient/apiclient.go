// Package apiclient is the plainest client of the Kubernetes API: requests and answers as bytes.
package apiclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"salvor.test/cluster/internal/kubeconfig"
)

// Client spreads its requests over a fixed number of HTTP/2 connections. Any goroutine may use it.
type Client struct {
	server string
	pools  []*http.Client
	turn   atomic.Uint64
}

// Answer is what the server said.
type Answer struct {
	Status int
	Body   []byte
}

// New connects nothing yet; the first requests do.
func New(access kubeconfig.Access, connections int) (*Client, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(access.CA) {
		return nil, errors.New("the kubeconfig's certificate-authority-data holds no certificate")
	}
	certificate, err := tls.X509KeyPair(access.Certificate, access.Key)
	if err != nil {
		return nil, fmt.Errorf("the kubeconfig's client certificate: %w", err)
	}
	client := &Client{server: access.Server}
	for range connections {
		client.pools = append(client.pools, &http.Client{Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}},
			ForceAttemptHTTP2: true,
			// Packing and unpacking would only be measured along with the server.
			DisableCompression: true,
		}})
	}
	return client, nil
}

// Do sends one request and reads the whole answer. An answer of any status is no error.
func (c *Client) Do(ctx context.Context, method, path string, body []byte) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.server+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	request.Header.Set("Accept", "application/json")
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	pool := c.pools[c.turn.Add(1)%uint64(len(c.pools))]
	response, err := pool.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return Answer{}, fmt.Errorf("%s %s: reading the answer: %w", method, path, err)
	}
	return Answer{Status: response.StatusCode, Body: content}, nil
}
