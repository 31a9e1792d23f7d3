package component

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"salvor.test/cluster/internal/statedir"
)

// everything is a cluster with all that can be had.
var everything = statedir.Settings{APIPort: 6443, Audit: true, Address: "127.0.0.1",
	Node: &statedir.Node{Key: "salvor-1", Address: "192.0.2.1"}}

func TestEachComponentIsFoundByItsName(t *testing.T) {
	for _, component := range All(everything) {
		found, err := Find(everything, component.Name)
		if err != nil || found.Name != component.Name {
			t.Errorf("Find(%q) = %q, %v", component.Name, found.Name, err)
		}
	}
}

func TestUnknownNameIsAnsweredWithTheKnownOnes(t *testing.T) {
	_, err := Find(statedir.Settings{}, "apiserver")

	if err == nil || !strings.Contains(err.Error(), APIServer) {
		t.Errorf("got %v, want %q in it", err, APIServer)
	}
}

func TestNoFlagHoldsThePathOfTheFolder(t *testing.T) {
	ofNode := regexp.MustCompile("=/(run/salvor|var/lib/kubelet)(/|$)")
	for _, component := range All(everything) {
		for _, flag := range component.Flags(everything) {
			if strings.Contains(flag, "=/") && !ofNode.MatchString(flag) {
				t.Errorf("%s %s: the paths of a deep folder are too long for sockets", component.Name, flag)
			}
		}
	}
}

func TestSettingsReachTheCommandLines(t *testing.T) {
	for _, test := range []struct {
		name  string
		flags []string
		flag  string
		want  bool
	}{
		{"the disk is not waited for", etcdFlags(statedir.Settings{}), "--unsafe-no-fsync", true},
		{"with fsync it is", etcdFlags(statedir.Settings{Fsync: true}), "--unsafe-no-fsync", false},
		{"the reserved port is used", apiServerFlags(statedir.Settings{APIPort: 4711}), "--secure-port=4711", true},
		{"nothing is audited", apiServerFlags(statedir.Settings{}), "--audit-log-path=audit.log", false},
		{"with audit it is", apiServerFlags(statedir.Settings{Audit: true}), "--audit-log-path=audit.log", true},
	} {
		if got := slices.Contains(test.flags, test.flag); got != test.want {
			t.Errorf("%s: %s given: %v, want %v", test.name, test.flag, got, test.want)
		}
	}
}

func TestNodeComesWithDriversAndTheKubeletLast(t *testing.T) {
	all := All(everything)

	if last := all[len(all)-1]; last.Name != Kubelet {
		t.Errorf("the last one is %s", last.Name)
	}
	for _, name := range []string{"csi-hostpath-snapshotter", "csi-plain-provisioner", SnapshotController, Containerd} {
		if _, err := Find(everything, name); err != nil {
			t.Error(err)
		}
		if _, err := Find(statedir.Settings{}, name); err == nil {
			t.Errorf("%s is in a cluster without a node", name)
		}
	}
	if _, err := Find(everything, "csi-plain-snapshotter"); err == nil {
		t.Error("a driver without snapshots has a snapshotter, which would end at once")
	}
}

func TestAPIServerAsksTheKubeletIfThereIsOne(t *testing.T) {
	const flag = "--kubelet-preferred-address-types=Hostname"
	if slices.Contains(apiServerFlags(statedir.Settings{}), flag) || !slices.Contains(apiServerFlags(everything), flag) {
		t.Error("want the flag with a node and only then")
	}
}

func TestNodeIsReadyWhenItSaysSo(t *testing.T) {
	for body, want := range map[string]bool{
		`{"status":{"conditions":[{"type":"DiskPressure","status":"True"},{"type":"Ready","status":"True"}]}}`: true,
		`{"status":{"conditions":[{"type":"Ready","status":"False"}]}}`:                                        false,
		`{"status":{}}`: false,
		`no JSON`:       false,
	} {
		if got := isReadyNode([]byte(body)); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
	if body := []byte(`{"spec":{"drivers":[{"name":"a"}]}}`); !hasDriver("a")(body) || hasDriver("b")(body) {
		t.Error("drivers are mistaken")
	}
}
