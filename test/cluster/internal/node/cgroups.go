package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"salvor.test/cluster/internal/statedir"
)

const (
	hierarchies = "/sys/fs/cgroup"
	// A group can be removed a moment after its last process has ended.
	removalTimeout  = 5 * time.Second
	removalInterval = 20 * time.Millisecond
)

// groups are the cluster's own groups: one in each hierarchy of version 1, or the one of version 2.
func groups(settings statedir.Settings) ([]string, error) {
	if _, err := os.Stat(filepath.Join(hierarchies, "cgroup.controllers")); err == nil {
		return []string{filepath.Join(hierarchies, settings.Node.Key)}, nil
	}
	roots, err := filepath.Glob(filepath.Join(hierarchies, "*", "cgroup.procs"))
	var all []string
	for _, root := range roots {
		all = append(all, filepath.Join(filepath.Dir(root), settings.Node.Key))
	}
	return all, err
}

// MakeGroups makes the groups that hold the pods.
func MakeGroups(settings statedir.Settings) error {
	all, err := groups(settings)
	if err != nil {
		return err
	}
	for _, group := range all {
		if err := os.Mkdir(group, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("making a cgroup for the pods: %w", err)
		}
		// In version 1, a new group may use no processor and no memory node until told which.
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			if err := inherit(group, file); err != nil {
				return err
			}
		}
	}
	return nil
}

func inherit(group, file string) error {
	value, err := os.ReadFile(filepath.Join(filepath.Dir(group), file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another hierarchy's file
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(group, file), value, 0o644)
}

// RemoveGroups removes the groups and those of the pods below, once all processes have ended.
func RemoveGroups(settings statedir.Settings) error {
	if settings.Node == nil {
		return nil
	}
	all, err := groups(settings)
	for _, group := range all {
		err = errors.Join(err, removeTree(group))
	}
	return err
}

// removeTree can't use os.RemoveAll, which would try to remove the kernel's files in the folders.
func removeTree(group string) error {
	var folders []string
	err := filepath.WalkDir(group, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && entry.IsDir() {
			folders = append(folders, path)
		}
		return err
	})
	slices.Reverse(folders) // what is inside comes first
	for _, folder := range folders {
		err = errors.Join(err, removeGroup(folder))
	}
	return err
}

func removeGroup(folder string) error {
	for deadline := time.Now().Add(removalTimeout); ; time.Sleep(removalInterval) {
		err := unix.Rmdir(folder)
		if err == nil || errors.Is(err, unix.ENOENT) {
			return nil
		}
		if !errors.Is(err, unix.EBUSY) || time.Now().After(deadline) {
			return fmt.Errorf("removing the cgroup %s: %w", folder, err)
		}
	}
}
