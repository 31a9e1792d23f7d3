package supervisor

import (
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"salvor.test/cluster/internal/component"
)

func TestStartedComponentIsListedUntilItEnds(t *testing.T) {
	all := newChildren(t, "exec sleep 60")
	if err := all.start(component.Etcd); err != nil {
		t.Fatal(err)
	}
	if status := etcdStatus(all); status.PID == 0 {
		t.Errorf("not listed as up: %+v", status)
	}

	if err := all.kill(component.Etcd, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}

	if status := etcdStatus(all); status.PID != 0 || status.Ending != "ended by signal 9 (killed)" {
		t.Errorf("after the kill: %+v", status)
	}
}

func TestComponentStartsOnceAtATime(t *testing.T) {
	all := newChildren(t, "exec sleep 60")
	if err := all.start(component.Etcd); err != nil {
		t.Fatal(err)
	}

	if err := all.start(component.Etcd); err == nil || !strings.Contains(err.Error(), "up already") {
		t.Errorf("got %v", err)
	}

	if err := all.kill(component.Etcd, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := all.start(component.Etcd); err != nil {
		t.Errorf("starting it again: %v", err)
	}
	all.kill(component.Etcd, syscall.SIGKILL)
}

func TestFailingComponentTellsItsStatus(t *testing.T) {
	all := newChildren(t, "echo no >&2; exit 3")
	if err := all.start(component.Etcd); err != nil {
		t.Fatal(err)
	}

	<-all.byName[component.Etcd].ended

	if status := etcdStatus(all); status.Ending != "exited with status 3" {
		t.Errorf("got %+v", status)
	}
	log, err := os.ReadFile("log/etcd.log")
	if err != nil || string(log) != "no\n" {
		t.Errorf("log: %q, %v", log, err)
	}
}

func TestPausedComponentIsUp(t *testing.T) {
	all := newChildren(t, "exec sleep 60")
	if err := all.start(component.Etcd); err != nil {
		t.Fatal(err)
	}

	if err := all.kill(component.Etcd, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}

	if status := etcdStatus(all); status.PID == 0 {
		t.Errorf("got %+v", status)
	}
	all.kill(component.Etcd, syscall.SIGKILL)
}

func TestWhatIsDownCannotBeKilled(t *testing.T) {
	all := newChildren(t, "exit 0")

	if err := all.kill(component.Etcd, syscall.SIGKILL); err == nil || !strings.Contains(err.Error(), "is down") {
		t.Errorf("got %v", err)
	}
	if err := all.kill("nginx", syscall.SIGKILL); err == nil || !strings.Contains(err.Error(), "no component") {
		t.Errorf("got %v", err)
	}
}

func TestComponentThatRestartsItselfIsStartedAnew(t *testing.T) {
	all := newChildren(t, "exec sleep 60")
	first := startRestarting(t, all)

	if err := syscall.Kill(first.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}

	deadline := time.Now().Add(10 * time.Second)
	for status := etcdStatus(all); status.PID == 0 || status.PID == first.pid; status = etcdStatus(all) {
		if time.Now().After(deadline) {
			t.Fatal("it stays down")
		}
		time.Sleep(10 * time.Millisecond)
	}
	all.kill(component.Etcd, syscall.SIGKILL)
}

func TestKilledComponentStaysDown(t *testing.T) {
	all := newChildren(t, "exec sleep 60")
	first := startRestarting(t, all)

	if err := all.kill(component.Etcd, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}

	if first.restarts || etcdStatus(all).PID != 0 {
		t.Errorf("got %+v", etcdStatus(all))
	}
}

func startRestarting(t *testing.T, all *children) *child {
	t.Helper()
	if err := all.start(component.Etcd); err != nil {
		t.Fatal(err)
	}
	started := all.byName[component.Etcd]
	started.restarts = true
	return started
}

// newChildren has a shell script in the place of the program that becomes the components.
func newChildren(t *testing.T, script string) *children {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.Mkdir("log", 0o700); err != nil {
		t.Fatal(err)
	}
	program, err := filepath.Abs("program")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	all := &children{program: program, byName: map[string]*child{}}
	reapDuring(t, all)
	return all
}

// reapDuring stops with the test, since the next test's children are not this one's to reap.
func reapDuring(t *testing.T, all *children) {
	ends := notifyOfEnds()
	stopped := make(chan struct{})
	go func() {
		reapOnSignal(all, ends)
		close(stopped)
	}()
	t.Cleanup(func() {
		signal.Stop(ends)
		close(ends)
		<-stopped
	})
}

func etcdStatus(all *children) Status {
	for _, status := range all.list() {
		if status.Name == component.Etcd {
			return status
		}
	}
	return Status{}
}
