package component

import (
	"fmt"

	"salvor.test/cluster/internal/network"
	"salvor.test/cluster/internal/pki"
	"salvor.test/cluster/internal/statedir"
)

// AuditPolicy has each request recorded once, when it is done, without its body.
const AuditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`

func apiServerFlags(settings statedir.Settings) []string {
	flags := []string{
		"--etcd-servers=" + etcdURL,
		"--bind-address=" + settings.Address,
		fmt.Sprintf("--secure-port=%d", settings.APIPort),
		// The supervisor holds the port, so that nobody takes it while the server is down.
		"--permit-port-sharing",
		// Nothing leads pods from services to endpoints, so none is published.
		"--advertise-address=" + settings.Address,
		"--endpoint-reconciler-type=none",
		"--service-cluster-ip-range=" + network.ServiceRange,
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--allow-privileged",
		"--tls-cert-file=" + pki.Certificate(pki.APIServer),
		"--tls-private-key-file=" + pki.Key(pki.APIServer),
		"--client-ca-file=" + pki.Certificate(pki.ClusterCA),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + pki.PublicKey(pki.ServiceAccounts),
		"--service-account-signing-key-file=" + pki.Key(pki.ServiceAccounts),
	}
	flags = append(flags, aggregationFlags()...)
	if settings.Node != nil {
		flags = append(flags, kubeletAccessFlags()...)
	}
	if settings.Audit {
		flags = append(flags, auditFlags()...)
	}
	return flags
}

// aggregationFlags let the server pass requests on to the servers of APIServices.
func aggregationFlags() []string {
	return []string{
		"--proxy-client-cert-file=" + pki.Certificate(pki.FrontProxyClient),
		"--proxy-client-key-file=" + pki.Key(pki.FrontProxyClient),
		"--requestheader-client-ca-file=" + pki.Certificate(pki.FrontProxyCA),
		"--requestheader-allowed-names=" + pki.FrontProxyClient,
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
	}
}

func auditFlags() []string {
	return []string{
		"--audit-policy-file=" + statedir.AuditPolicy,
		"--audit-log-path=" + statedir.AuditLog,
		"--audit-log-format=json",
		// By default the log is moved aside at 100 MB, and a test would read half of it.
		"--audit-log-maxsize=1000000",
	}
}
