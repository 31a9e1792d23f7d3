package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"salvor.test/cluster/internal/statedir"
)

var settings = statedir.Settings{APIPort: 45067, Address: "127.0.0.1",
	Node: &statedir.Node{Key: "salvor-1", Address: "192.0.2.10", Storage: "/tmp/storage"}}

func TestFilesAreWellFormed(t *testing.T) {
	written := files(settings)
	for _, path := range []string{KubeletConfig, podNetwork} {
		if err := yaml.Unmarshal([]byte(written[path]), &map[string]any{}); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestClustersOfOtherPortsShareNothing(t *testing.T) {
	other := settings
	other.APIPort, other.Node = 45068, &statedir.Node{Key: "salvor-2", Address: "192.0.2.10", Storage: "/tmp/storage"}
	for _, path := range []string{KubeletConfig, podNetwork, hosts} {
		if files(settings)[path] == files(other)[path] {
			t.Errorf("%s is the same in two clusters", path)
		}
	}
}

func TestKeptNodeKeepsItsKeyAndStorage(t *testing.T) {
	first, err := Choose(nil, "somewhere", "192.0.2.10")
	if err != nil {
		t.Fatal(err)
	}

	kept, err := Choose(first, "", "192.0.2.10")

	if err != nil || *kept != *first || !filepath.IsAbs(kept.Storage) {
		t.Errorf("got %+v, %v, want %+v", kept, err, first)
	}
	other, err := Choose(nil, "", "192.0.2.10")
	if err != nil || other.Key == first.Key || filepath.Base(other.Storage) != statedir.Storage {
		t.Errorf("another one: %+v, %v", other, err)
	}
}

func TestTreesOfGroupsAreRemovedFromTheInside(t *testing.T) {
	group := filepath.Join(t.TempDir(), "salvor-1")
	if err := os.MkdirAll(filepath.Join(group, "kubepods", "pod1"), 0o755); err != nil {
		t.Fatal(err)
	}

	for range 2 { // the second time there is nothing left
		if err := removeTree(group); err != nil {
			t.Fatal(err)
		}
	}

	if _, err := os.Stat(group); err == nil {
		t.Error("it is still there")
	}
}

func TestClusterWithoutNodeHasNoGroups(t *testing.T) {
	if err := RemoveGroups(statedir.Settings{}); err != nil {
		t.Error(err)
	}
}

func TestNewGroupMayUseWhatItsParentMay(t *testing.T) {
	parent := t.TempDir()
	group := filepath.Join(parent, "salvor-1")
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(parent, "cpuset.cpus"), []byte("0-1\n"), 0o644); err != nil {
		t.Fatal(err)
	}

	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		if err := inherit(group, file); err != nil {
			t.Error(err)
		}
	}

	text, err := os.ReadFile(filepath.Join(group, "cpuset.cpus"))
	if err != nil || strings.TrimSpace(string(text)) != "0-1" {
		t.Errorf("got %q, %v", text, err)
	}
}
