package statedir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Dir is a cluster's folder, locked against other commands that bring clusters up or down.
// It is the working directory of the process as long as the process lives.
type Dir struct {
	Path string // absolute, for messages
	lock *os.File
}

// Create makes the folder if needed, locks and enters it. It refuses a folder with foreign files,
// since "down" would later have to tell them from the cluster's.
func Create(path string) (*Dir, error) {
	for {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, fmt.Errorf("making the cluster's folder: %w", err)
		}
		dir, err := Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a "down" removed it just now
		}
		if err != nil {
			return nil, err
		}
		if err := dir.prepare(); err != nil {
			dir.Close()
			return nil, err
		}
		return dir, nil
	}
}

// Open locks and enters a folder that exists; the error is fs.ErrNotExist if it does not.
func Open(path string) (*Dir, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(absolute)
	if err != nil {
		return nil, err
	}
	if err := lock.Chdir(); err != nil {
		lock.Close()
		return nil, err
	}
	return &Dir{Path: absolute, lock: lock}, nil
}

// Close lets the next command in.
func (d *Dir) Close() { d.lock.Close() }

// IsCluster tells whether this program has ever used the folder.
func (d *Dir) IsCluster() bool {
	_, err := os.Stat(settingsFile)
	return err == nil
}

// RemoveRuntime removes what only a running cluster needs.
func (d *Dir) RemoveRuntime() error { return removeAll(runtimeEntries) }

// Remove removes the cluster's files, and the folder too unless it holds something else.
func (d *Dir) Remove() error {
	if err := errors.Join(removeAll(runtimeEntries), removeAll(keptEntries)); err != nil {
		return err
	}
	err := os.Remove(d.Path)
	if errors.Is(err, unix.ENOTEMPTY) {
		return nil
	}
	return err
}

// prepare marks the folder as a cluster's before anything else is put into it, so that "down" may
// remove whatever an "up" that was killed has left.
func (d *Dir) prepare() error {
	if !d.IsCluster() {
		entries, err := os.ReadDir(".")
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if entry.Name() != settingsFile+partialSuffix {
				return fmt.Errorf("%s holds other files (%s, …): name an empty or a new folder", d.Path, entry.Name())
			}
		}
		if err := WriteSettings(Settings{}); err != nil {
			return err
		}
	}
	return os.MkdirAll(Logs, 0o700)
}

func removeAll(entries []string) error {
	for _, entry := range entries {
		if err := errors.Join(os.RemoveAll(entry+partialSuffix), os.RemoveAll(entry)); err != nil {
			return err
		}
	}
	return nil
}

// lockFolder waits for the lock on the folder itself. The lock may arrive because a "down" has
// finished and removed the folder; then the folder that now has this path is tried.
func lockFolder(path string) (*os.File, error) {
	for {
		folder, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		if err := unix.Flock(int(folder.Fd()), unix.LOCK_EX); err != nil {
			folder.Close()
			return nil, fmt.Errorf("locking %s: %w", path, err)
		}
		if isAt(folder, path) {
			return folder, nil
		}
		folder.Close()
	}
}

func isAt(folder *os.File, path string) bool {
	locked, err := folder.Stat()
	if err != nil {
		return false
	}
	current, err := os.Stat(path)
	return err == nil && os.SameFile(locked, current)
}
