package supervisor

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"salvor.test/cluster/internal/component"
	"salvor.test/cluster/internal/statedir"
)

// endTimeout is longer than an API server takes to end in good order.
const endTimeout = 90 * time.Second

// restartDelay keeps a server that can't start from doing nothing else.
const restartDelay = 500 * time.Millisecond

// children are the components' processes. As pid 1 the supervisor must also reap processes that
// it did not start, so it waits for any process, and os/exec, which waits for its own, is not used.
type children struct {
	settings statedir.Settings
	program  string

	mutex  sync.Mutex // held while forking too, so that no child is reaped before it is known
	byName map[string]*child
}

type child struct {
	pid    int
	ended  chan struct{} // closed by reap
	ending string        // how it ended; written before ended is closed
	// restarts says to start it anew when it ends, but for an end that was asked for.
	restarts bool
}

func (c *child) isUp() bool {
	select {
	case <-c.ended:
		return false
	default:
		return true
	}
}

// start runs a component with the command line that the table and the settings give.
func (c *children) start(name string) error {
	found, err := component.Find(c.settings, name)
	if err != nil {
		return err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if known := c.byName[name]; known != nil && known.isUp() {
		return fmt.Errorf("%s is up already: \"kill\" it first", name)
	}
	pid, err := c.fork(found)
	if err != nil {
		return fmt.Errorf("starting %s: %w", name, err)
	}
	c.byName[name] = &child{pid: pid, ended: make(chan struct{}), restarts: found.RestartsItself}
	return nil
}

func (c *children) fork(started component.Component) (int, error) {
	command := []string{c.program, started.Name}
	if started.Program != "" {
		command = []string{started.Program}
	}
	log, err := openLog(started.Name)
	if err != nil {
		return 0, err
	}
	defer log.Close()
	empty, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	defer empty.Close()
	return syscall.ForkExec(command[0], append(command, started.Flags(c.settings)...), &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{empty.Fd(), log.Fd(), log.Fd()},
	})
}

// kill sends the signal, and if it is one that ends processes, waits for the end.
func (c *children) kill(name string, signal syscall.Signal) error {
	if _, err := component.Find(c.settings, name); err != nil {
		return err
	}
	target, err := c.signal(name, signal)
	if err != nil || !endsProcess(signal) {
		return err
	}
	select {
	case <-target.ended:
		return nil
	case <-time.After(endTimeout):
		return fmt.Errorf("%s is still up %v after %v: \"kill\" it with KILL", name, endTimeout, signal)
	}
}

func (c *children) signal(name string, signal syscall.Signal) (*child, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock() // until then its pid can't be reaped, hence not used again
	target := c.byName[name]
	if target == nil || !target.isUp() {
		return nil, fmt.Errorf("%s is down: \"start\" it first", name)
	}
	target.restarts = target.restarts && !endsProcess(signal)
	if err := syscall.Kill(target.pid, signal); err != nil {
		return nil, fmt.Errorf("sending %s %v: %w", name, signal, err)
	}
	return target, nil
}

func endsProcess(signal syscall.Signal) bool {
	switch signal {
	case syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGABRT:
		return true
	}
	return false
}

func (c *children) list() []Status {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var all []Status
	for _, component := range component.All(c.settings) {
		status := Status{Name: component.Name}
		if known := c.byName[component.Name]; known != nil {
			if known.isUp() {
				status.PID = known.pid
			} else {
				status.Ending = known.ending
			}
		}
		all = append(all, status)
	}
	return all
}

// reap takes note of all processes that have ended until now.
func (c *children) reap() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for {
		var how syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &how, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		c.noteEnd(pid, how)
	}
}

func (c *children) noteEnd(pid int, how syscall.WaitStatus) {
	for name, known := range c.byName {
		if known.pid != pid || !known.isUp() {
			continue
		}
		known.ending = describeEnd(how)
		close(known.ended)
		fmt.Fprintf(os.Stderr, "%s %s %s\n", time.Now().Format(time.RFC3339), name, known.ending)
		if known.restarts {
			time.AfterFunc(restartDelay, func() { c.restart(name) })
		}
	}
}

func (c *children) restart(name string) {
	// If somebody started it in the meantime, that is as good.
	if err := c.start(name); err != nil {
		fmt.Fprintf(os.Stderr, "%s was not started again: %v\n", name, err)
	}
}

// endAll kills all processes of the PID namespace but this one, and reaps them. Nothing starts
// afterwards: the lock is never given back.
func (c *children) endAll() {
	if os.Getpid() != 1 {
		panic("outside of a PID namespace of ours this would end every process of the machine")
	}
	c.mutex.Lock()
	syscall.Kill(-1, syscall.SIGKILL)
	for {
		if _, err := syscall.Wait4(-1, nil, 0, nil); err != nil && !errors.Is(err, syscall.EINTR) {
			return // there is none any more
		}
	}
}

func describeEnd(how syscall.WaitStatus) string {
	if how.Signaled() {
		return fmt.Sprintf("ended by signal %d (%v)", how.Signal(), how.Signal())
	}
	return fmt.Sprintf("exited with status %d", how.ExitStatus())
}
