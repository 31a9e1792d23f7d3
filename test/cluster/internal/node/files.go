package node

import (
	"fmt"
	"os"
	"path/filepath"

	"salvor.test/cluster/internal/network"
	"salvor.test/cluster/internal/pki"
	"salvor.test/cluster/internal/statedir"
)

// PauseImage holds each pod's namespaces.
const PauseImage = "docker.io/library/pause:test"

// WriteFiles writes what the node's servers read, into the working directory.
func WriteFiles(settings statedir.Settings) error {
	for path, text := range files(settings) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := statedir.WriteFile(path, []byte(text)); err != nil {
			return err
		}
	}
	for _, folder := range []string{statedir.Kubelet, statedir.Containerd, statedir.CSI, settings.Node.Storage} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	return nil
}

func files(settings statedir.Settings) map[string]string {
	return map[string]string{
		ContainerdConfig: containerdConfig(),
		KubeletConfig:    kubeletConfig(settings),
		podNetwork:       podNetworkConfig(settings),
		// The API server asks for the kubelet by the node's name.
		hosts: "127.0.0.1 localhost\n" + network.KubeletAddress(settings.APIPort) + " " + network.NodeName + "\n",
		// A pod without name servers would get the machine's. Nothing answers here.
		nameServers: "nameserver 127.0.0.1\n",
	}
}

// containerdConfig is for Debian's containerd 1.6. A machine's root may lack the right to lower a
// process's badness to the out-of-memory killer, and runc would fail; hence restrict_oom_score_adj.
func containerdConfig() string {
	return `version = 2
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[grpc]
  address = "` + State(statedir.ContainerdSocket) + `"
[plugins."io.containerd.internal.v1.opt"]
  path = "` + here + `/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "` + PauseImage + `"
  disable_apparmor = true
  disable_hugetlb_controller = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "` + networkPlugins + `"
    conf_dir = "` + State(filepath.Dir(podNetwork)) + `"
`
}

func podNetworkConfig(settings statedir.Settings) string {
	return fmt.Sprintf(`{"cniVersion": "0.4.0", "name": "pods", "plugins": [{"type": "ptp", "ipMasq": false,
  "ipam": {"type": "host-local", "ranges": [[{"subnet": %q}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
`, network.PodSubnet(settings.APIPort))
}

// kubeletConfig lets the kubelet run beside whatever else the machine does: pods are not evicted
// when its disk is full, and its cgroups are below one of the cluster's own.
func kubeletConfig(settings statedir.Settings) string {
	return fmt.Sprintf(`apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: %s
port: %d
healthzPort: 0
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: %s}}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix://%s
cgroupDriver: cgroupfs
cgroupRoot: /%s
failCgroupV1: false
failSwapOn: false
localStorageCapacityIsolation: false
makeIPTablesUtilChains: false
resolvConf: %s
volumePluginDir: %s/volume-plugins
nodeStatusUpdateFrequency: 5s
syncFrequency: 10s
serializeImagePulls: false
evictionHard: {memory.available: 100Mi, nodefs.available: 0%%, nodefs.inodesFree: 0%%, imagefs.available: 0%%}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
kubeAPIQPS: 200
kubeAPIBurst: 400
`, network.KubeletAddress(settings.APIPort), network.KubeletPort, State(pki.Certificate(pki.ClusterCA)),
		State(statedir.ContainerdSocket), settings.Node.Key, State(nameServers), KubeletRoot)
}
