package csidriver

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

type kind string

const (
	volumes   kind = "volumes"
	snapshots kind = "snapshots"
)

// record describes a volume or a snapshot.
type record struct {
	Name      string    `json:"name"`             // the one that it was asked for by
	Source    string    `json:"source,omitempty"` // "volumes/ID" or "snapshots/ID", if it is a copy
	SizeBytes int64     `json:"sizeBytes"`
	Created   time.Time `json:"created"`
}

// store keeps the volumes and snapshots of one driver. Each is a folder KIND/ID with a record and
// the data in it, and gets there by one rename: it is whole or not there at all, whenever the
// driver is killed and whoever else uses the storage.
type store struct {
	root string
	// unfinished is this cluster's own folder for what is being made or removed.
	unfinished string
}

const (
	recordFile = "record.json"
	dataFolder = "data"
)

// openStore removes what a former process of the same cluster has left unfinished.
func openStore(root, cluster string) (*store, error) {
	opened := &store{root: root, unfinished: filepath.Join(root, "unfinished", cluster)}
	if err := os.RemoveAll(opened.unfinished); err != nil {
		return nil, err
	}
	for _, folder := range []string{opened.unfinished, opened.folder(volumes), opened.folder(snapshots)} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	return opened, nil
}

func (s *store) folder(of kind) string              { return filepath.Join(s.root, string(of)) }
func (s *store) path(of kind, id string) string     { return filepath.Join(s.folder(of), id) }
func (s *store) data(of kind, id string) string     { return filepath.Join(s.path(of, id), dataFolder) }
func (s *store) dataOf(source string) string        { return filepath.Join(s.root, source, dataFolder) }
func (r record) isCopyOf(from kind, id string) bool { return r.Source == source(from, id) }
func (r record) sourceID() string                   { return filepath.Base(r.Source) }

// source names a thing as records do. No id means no thing.
func source(of kind, id string) string {
	if id == "" {
		return ""
	}
	return string(of) + "/" + id
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// idOf makes the id of a thing from its name, so that asking twice by one name finds one thing.
func idOf(name string) string {
	if plainID.MatchString(name) {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// read returns fs.ErrNotExist if there is no such thing. An id may come from anywhere.
func (s *store) read(of kind, id string) (record, error) {
	if !plainID.MatchString(id) {
		return record{}, fs.ErrNotExist
	}
	text, err := os.ReadFile(filepath.Join(s.path(of, id), recordFile))
	if err != nil {
		return record{}, err
	}
	var found record
	if err := json.Unmarshal(text, &found); err != nil {
		return record{}, fmt.Errorf("the record of %s/%s: %w", of, id, err)
	}
	return found, nil
}

// list returns the ids of a kind in order.
func (s *store) list(of kind) ([]string, error) {
	entries, err := os.ReadDir(s.folder(of))
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, entry := range entries {
		ids = append(ids, entry.Name())
	}
	slices.Sort(ids)
	return ids, nil
}

// create makes the thing, with the data of the record's source if it has one. If another cluster
// made it in the meantime, that one stands.
func (s *store) create(of kind, id string, made record) error {
	partial, err := os.MkdirTemp(s.unfinished, "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(partial)
	if err := s.fill(filepath.Join(partial, dataFolder), made.Source); err != nil {
		return err
	}
	if err := writeRecord(partial, made); err != nil {
		return err
	}
	err = os.Rename(partial, s.path(of, id))
	if errors.Is(err, fs.ErrExist) || errors.Is(err, unix.ENOTEMPTY) {
		return nil
	}
	return err
}

func (s *store) fill(data, source string) error {
	if source == "" {
		if err := os.Mkdir(data, 0o777); err != nil {
			return err
		}
		return os.Chmod(data, 0o777) // any user of a pod may write, whatever the umask
	}
	// It keeps owners, modes, times, links, extended attributes and holes.
	copying := exec.Command("cp", "--archive", "--reflink=auto", s.dataOf(source), data)
	copying.Env = append(os.Environ(), "LC_ALL=C")
	output, err := copying.CombinedOutput()
	if _, errData := os.Stat(data); err != nil && (errData != nil || !saysOnlyVanished(string(output))) {
		return fmt.Errorf("copying %s: %w: %s", source, err, strings.TrimSpace(string(output)))
	}
	return nil
}

// saysOnlyVanished tells whether all that cp complains about is files that a pod removed between
// their listing and their copying: a moment later they would not have been there either.
func saysOnlyVanished(output string) bool {
	for line := range strings.Lines(output) {
		if !strings.HasSuffix(strings.TrimSpace(line), ": No such file or directory") {
			return false
		}
	}
	return output != ""
}

// resize notes a new size. The record is replaced whole, like everything here.
func (s *store) resize(of kind, id string, sizeBytes int64) error {
	found, err := s.read(of, id)
	if err != nil {
		return err
	}
	found.SizeBytes = sizeBytes
	return writeRecord(s.path(of, id), found)
}

func writeRecord(folder string, written record) error {
	text, err := json.Marshal(written)
	if err != nil {
		return err
	}
	partial := filepath.Join(folder, recordFile+".partial")
	if err := os.WriteFile(partial, text, 0o600); err != nil {
		return err
	}
	return os.Rename(partial, filepath.Join(folder, recordFile))
}

// remove is no error if there is no such thing.
func (s *store) remove(of kind, id string) error {
	if !plainID.MatchString(id) {
		return nil
	}
	gone, err := os.MkdirTemp(s.unfinished, "gone-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(gone)
	err = os.Rename(s.path(of, id), filepath.Join(gone, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// freeBytes is what the storage's disk has left.
func (s *store) freeBytes() (int64, error) {
	var disk unix.Statfs_t
	if err := unix.Statfs(s.root, &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * disk.Bsize, nil
}
