package lifecycle

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"salvor.test/cluster/internal/kubeconfig"
	"salvor.test/cluster/internal/pki"
	"salvor.test/cluster/internal/proxy"
	"salvor.test/cluster/internal/statedir"
)

// Proxy runs a faulty proxy before the API server of a running cluster until the process is ended.
// Unless told otherwise it writes its kubeconfig into the cluster's folder.
func Proxy(path string, options proxy.Options, out io.Writer) error {
	if options.Kubeconfig == "" {
		options.Kubeconfig = filepath.Join(path, statedir.ProxyKubeconfig)
	}
	absolute, err := filepath.Abs(options.Kubeconfig)
	if err != nil {
		return err
	}
	options.Kubeconfig = absolute
	if _, err := enterRunning(path); err != nil {
		return err
	}
	upstream, err := kubeconfig.Read(statedir.Kubeconfig)
	if err != nil {
		return err
	}
	certificate, errCertificate := os.ReadFile(pki.Certificate(pki.APIServer))
	key, errKey := os.ReadFile(pki.Key(pki.APIServer))
	if err := errors.Join(errCertificate, errKey); err != nil {
		return fmt.Errorf("reading the API server's certificate: %w", err)
	}
	return proxy.Run(upstream, proxy.Keys{Certificate: certificate, Key: key}, options, out)
}
