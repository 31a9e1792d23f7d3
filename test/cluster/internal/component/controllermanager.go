package component

import (
	"salvor.test/cluster/internal/pki"
	"salvor.test/cluster/internal/statedir"
)

func controllerManagerFlags(statedir.Settings) []string {
	return []string{
		"--kubeconfig=" + statedir.ComponentKubeconfig(ControllerManager),
		"--controllers=*",
		"--use-service-account-credentials",
		"--service-account-private-key-file=" + pki.Key(pki.ServiceAccounts),
		"--root-ca-file=" + pki.Certificate(pki.ClusterCA),
		"--cluster-signing-cert-file=" + pki.Certificate(pki.ClusterCA),
		"--cluster-signing-key-file=" + pki.Key(pki.ClusterCA),
		"--leader-elect=false",
		// Nobody asks it for its health or metrics, so it needs no port.
		"--secure-port=0",
		// At the usual 20 requests a second, tests would mostly wait for the controllers.
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
		// Quotas that are charged too much are put right after five minutes otherwise.
		"--resource-quota-sync-period=20s",
	}
}
