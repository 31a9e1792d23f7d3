package node

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"salvor.test/cluster/internal/network"
	"salvor.test/cluster/internal/statedir"
)

// sysctls are those that the kubelet and the network plugins set for the whole machine. They get
// files of ours to write to instead, which say already what they want.
var sysctls = map[string]string{
	"vm/overcommit_memory":      "1",
	"vm/panic_on_oom":           "0",
	"kernel/panic":              "10",
	"kernel/panic_on_oops":      "1",
	"kernel/keys/root_maxkeys":  "1000000",
	"kernel/keys/root_maxbytes": "25000000",
}

// forwarding is one of them too, unless the network is the cluster's own. So in the machine's
// network pods reach the machine, but not one another.
const forwarding = "net/ipv4/ip_forward"

// view is a folder or file of the machine and where it is to be seen.
type view struct{ from, to string }

// Isolate makes the mount namespace of this process, a supervisor, look like a node's.
func Isolate(settings statedir.Settings) error {
	if err := unix.Mount("", "/", "", unix.MS_SHARED|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("letting containers see the mounts of volumes: %w", err)
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if err := show([]view{
		{".", state},
		{filepath.Dir(program), programs},
		{settings.Node.Storage, Storage},
		{statedir.Kubelet, KubeletRoot},
		{statedir.Containerd, "/var/lib/containerd"},
		{statedir.Logs, "/var/log"},
		{hosts, "/etc/hosts"},
	}); err != nil {
		return err
	}
	return hideSysctls()
}

// show hides what the machine has in the servers' folders and puts the views in its place. These
// are opened before, because they may lie in what is hidden.
func show(views []view) error {
	var opened []*os.File
	for _, view := range views {
		file, err := os.Open(view.from)
		if err != nil {
			return err
		}
		defer file.Close()
		opened = append(opened, file)
	}
	for _, hidden := range []string{"/run", "/var/lib"} {
		if err := unix.Mount("tmpfs", hidden, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
			return fmt.Errorf("hiding %s: %w", hidden, err)
		}
	}
	for i, view := range views {
		if err := bind(opened[i], view.to); err != nil {
			return fmt.Errorf("showing %s as %s: %w", view.from, view.to, err)
		}
	}
	return nil
}

func bind(opened *os.File, to string) error {
	info, err := opened.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
	}
	return unix.Mount(fmt.Sprintf("/proc/self/fd/%d", opened.Fd()), to, "", unix.MS_BIND, "")
}

func hideSysctls() error {
	isOwn, err := network.IsOwn()
	if err != nil {
		return err
	}
	if !isOwn {
		sysctls[forwarding] = "1"
	}
	for name, value := range sysctls {
		file := filepath.Join(here, "sysctl", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := unix.Mount(file, filepath.Join("/proc/sys", name), "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("hiding the sysctl %s: %w", name, err)
		}
	}
	return nil
}
