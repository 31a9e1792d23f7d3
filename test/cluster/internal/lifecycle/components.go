package lifecycle

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"salvor.test/cluster/internal/component"
	"salvor.test/cluster/internal/process"
	"salvor.test/cluster/internal/statedir"
	"salvor.test/cluster/internal/supervisor"
)

// Kill sends a component of a running cluster a signal, and waits for its end if it must end.
func Kill(path, name, signalName string) error {
	signal, err := parseSignal(signalName)
	if err != nil {
		return err
	}
	if _, err := enterRunning(path); err != nil {
		return err
	}
	return explain(supervisor.Kill(name, signal))
}

// Start starts a component that is down, and waits until it does its work again.
func Start(path, name string) error {
	if _, err := enterRunning(path); err != nil {
		return err
	}
	settings, err := statedir.ReadSettings()
	if err != nil {
		return err
	}
	found, err := component.Find(settings, name)
	if err != nil {
		return err
	}
	return startAndWait(settings, found)
}

// Status prints a line for the supervisor and for each component: name, pid, up or down, RSS.
func Status(path string, out io.Writer) error {
	identity, err := enterRunning(path)
	if err != nil {
		return err
	}
	statuses, err := supervisor.List()
	if err != nil {
		return explain(err)
	}
	if self, found := process.Self(identity.PID); found {
		printStatus(out, supervisor.Name, self)
	}
	children := process.Children(identity.PID)
	for _, status := range statuses {
		if child, isUp := children[status.PID]; isUp {
			printStatus(out, status.Name, child)
		} else {
			fmt.Fprintf(out, "%-24s %8s  down %5s MiB  %s\n", status.Name, "-", "-", status.Ending)
		}
	}
	return nil
}

func printStatus(out io.Writer, name string, running process.Child) {
	fmt.Fprintf(out, "%-24s %8d  up   %5d MiB\n", name, running.PID, running.RSSMiB)
}

// enterRunning makes the folder of a running cluster the working directory. It takes no lock: the
// supervisor serialises what is asked of it.
func enterRunning(path string) (process.Identity, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return process.Identity{}, err
	}
	if err := os.Chdir(absolute); err != nil {
		return process.Identity{}, fmt.Errorf("no cluster is up in %s: %w", absolute, err)
	}
	identity, isUp, err := statedir.Supervisor()
	if err != nil {
		return process.Identity{}, err
	}
	if !isUp {
		return process.Identity{}, fmt.Errorf("no cluster is up in %s: bring it up with \"up\"", absolute)
	}
	return identity, nil
}

// parseSignal takes KILL, SIGKILL, kill and 9 alike.
func parseSignal(name string) (syscall.Signal, error) {
	if number, err := strconv.Atoi(name); err == nil && unix.SignalName(syscall.Signal(number)) != "" {
		return syscall.Signal(number), nil
	}
	signal := unix.SignalNum("SIG" + strings.TrimPrefix(strings.ToUpper(name), "SIG"))
	if signal == 0 {
		return 0, fmt.Errorf("no signal is called %q: name one like TERM, KILL or STOP", name)
	}
	return signal, nil
}
