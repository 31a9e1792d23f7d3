package proxy

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"salvor.test/cluster/internal/kubeconfig"
)

// Options are the user's choices.
type Options struct {
	Listen     string // where clients connect, such as 127.0.0.1:0
	Control    string // where the control endpoint listens
	Kubeconfig string // the file that is written for clients
	Script     Script // to begin with
}

// Run serves until the process is ended. It prints one line when all is ready.
func Run(upstream kubeconfig.Access, keys Keys, options Options, out io.Writer) error {
	if err := options.Script.check(); err != nil {
		return err
	}
	director := newDirector(options.Script)
	handler, err := newServer(upstream, director)
	if err != nil {
		return err
	}
	secured, err := handler.secure(keys, upstream.CA)
	if err != nil {
		return err
	}
	clients, err := listen(options.Listen)
	if err != nil {
		return err
	}
	commands, err := listen(options.Control)
	if err != nil {
		return err
	}
	upstream.Server = "https://" + clients.Addr().String()
	if err := kubeconfig.Write(options.Kubeconfig, upstream); err != nil {
		return fmt.Errorf("writing the kubeconfig: %w", err)
	}
	ended := make(chan error, 2)
	go func() { ended <- secured.ServeTLS(clients, "", "") }()
	go func() { ended <- http.Serve(commands, control(director)) }()
	fmt.Fprintf(out, "proxy=%s control=http://%s kubeconfig=%s\n", upstream.Server, commands.Addr(), options.Kubeconfig)
	return <-ended
}

// listen serves this machine only: the proxy kills processes, and lets its clients in as
// administrator.
func listen(address string) (net.Listener, error) {
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the address %q: %w", address, err)
	}
	if !resolved.IP.IsLoopback() {
		return nil, errors.New(address + " is no address of this machine alone: give 127.0.0.1:PORT")
	}
	return net.ListenTCP("tcp", resolved)
}
