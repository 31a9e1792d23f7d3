package component

import "salvor.test/cluster/internal/statedir"

// quotaBytes is the most that etcd recommends. Tests with many objects exceed the usual 2 GiB.
const quotaBytes = "8589934592"

// etcd listens on unix sockets only: they need no port, and only their owner may write to them.
// It will not advertise such an address, though. As the only member of its cluster it has nobody
// to advertise to, so it is given an address that nobody ever dials.
const (
	etcdURL       = "unix://" + statedir.EtcdSocket
	etcdPeerURL   = "unix://" + statedir.EtcdPeerSocket
	etcdUndialled = "http://127.0.0.1:1"
)

func etcdFlags(settings statedir.Settings) []string {
	flags := []string{
		"--name=etcd",
		"--data-dir=" + statedir.EtcdData,
		"--listen-client-urls=" + etcdURL,
		"--advertise-client-urls=" + etcdUndialled,
		"--listen-peer-urls=" + etcdPeerURL,
		"--initial-advertise-peer-urls=" + etcdUndialled,
		"--initial-cluster=etcd=" + etcdUndialled,
		"--quota-backend-bytes=" + quotaBytes,
		"--log-level=warn",
	}
	if !settings.Fsync {
		// Killed processes lose nothing by this, only a machine that loses power would.
		flags = append(flags, "--unsafe-no-fsync")
	}
	return flags
}
