package statedir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewFolderIsEnteredAndRemoved(t *testing.T) {
	t.Chdir(t.TempDir()) // restores the working directory, which Create changes
	path := filepath.Join(t.TempDir(), "deep", "folder")
	dir := create(t, path)
	write(t, EtcdData)

	if err := dir.Remove(); err != nil {
		t.Fatal(err)
	}

	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestForeignFilesAreRefusedAndKept(t *testing.T) {
	path := t.TempDir()
	t.Chdir(path)
	write(t, "thesis.tex")

	if _, err := Create(path); err == nil || !strings.Contains(err.Error(), "thesis.tex") {
		t.Errorf("got %v, want the foreign file named", err)
	}

	if _, err := os.Stat("thesis.tex"); err != nil {
		t.Error(err)
	}
}

func TestFilesAddedLaterOutliveTheCluster(t *testing.T) {
	path := t.TempDir()
	t.Chdir(path)
	dir := create(t, path)
	write(t, "results.txt")

	if err := dir.Remove(); err != nil {
		t.Fatal(err)
	}

	entries, err := os.ReadDir(path)
	if err != nil || len(entries) != 1 || entries[0].Name() != "results.txt" {
		t.Errorf("left: %v, %v", entries, err)
	}
}

func TestWhatAKilledUpLeftIsNoHindrance(t *testing.T) {
	path := t.TempDir()
	t.Chdir(path)
	write(t, settingsFile+partialSuffix)

	dir := create(t, path)
	write(t, Kubeconfig+partialSuffix)

	if err := dir.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestSecondCommandWaitsForTheFirst(t *testing.T) {
	path := t.TempDir()
	t.Chdir(path)
	first := create(t, path)
	entered := make(chan error)
	go func() {
		second, err := Open(path)
		if err == nil {
			second.Close()
		}
		entered <- err
	}()

	select {
	case err := <-entered:
		t.Fatalf("the second command did not wait: %v", err)
	default:
	}
	if err := first.Remove(); err != nil {
		t.Fatal(err)
	}
	first.Close()

	if err := <-entered; !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want to learn that the folder is gone", err)
	}
}

func TestSettingsAreReadBack(t *testing.T) {
	t.Chdir(t.TempDir())
	want := Settings{APIPort: 4711, Fsync: true, Audit: true}
	if err := WriteSettings(want); err != nil {
		t.Fatal(err)
	}

	read, err := ReadSettings()

	if err != nil || read != want {
		t.Errorf("read %+v, %v; want %+v", read, err, want)
	}
}

func TestClusterNeverBroughtUpHasNoSupervisor(t *testing.T) {
	t.Chdir(t.TempDir())

	_, isUp, err := Supervisor()

	if err != nil || isUp {
		t.Errorf("got %v, %v", isUp, err)
	}
}

func create(t *testing.T, path string) *Dir {
	t.Helper()
	dir, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dir.Close)
	return dir
}

func write(t *testing.T, name string) {
	t.Helper()
	if err := os.WriteFile(name, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
}
