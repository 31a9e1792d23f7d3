package kubeconfig

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestWrittenFileIsReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kubeconfig")
	access := Access{Server: "https://127.0.0.1:6443", CA: []byte("1"), Certificate: []byte("2"), Key: []byte("3")}
	if err := Write(path, access); err != nil {
		t.Fatal(err)
	}

	read, err := Read(path)

	if err != nil || !reflect.DeepEqual(read, access) {
		t.Errorf("read %v, %v; want %v", read, err, access)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the key: %v, %v", info, err)
	}
}

func TestWhatCannotBeUsedIsExplained(t *testing.T) {
	for text, want := range map[string]string{
		"{}":               "exactly one cluster",
		"clusters: [{}]\n": "exactly one cluster",
		"{clusters: [{cluster: {server: x}}], users: [{user: {token: y}}]}": "client-certificate-data",
		"[": "yaml",
	} {
		if _, err := parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q in it", text, err, want)
		}
	}
}
