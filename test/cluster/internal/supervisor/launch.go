package supervisor

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"

	"salvor.test/cluster/internal/process"
	"salvor.test/cluster/internal/statedir"
)

// Name is the supervisor's subcommand, and its name in logs and listings.
const Name = "supervise"

// The files that Launch hands over, by the numbers they have in the supervisor.
const (
	lifelineFD = 3 + iota
	controlFD
	reservedPortFD
)

// Launched is a supervisor that ends, and everything with it, as soon as this process ends or
// calls Abandon, until this process calls Commit. So an "up" that is killed leaves no process.
type Launched struct {
	Identity process.Identity
	lifeline *os.File
}

// Launch starts the supervisor of the cluster in the working directory. The reserved port stays
// reserved as long as the supervisor lives.
func Launch(reservedPort *os.File) (*Launched, error) {
	control, err := listen()
	if err != nil {
		return nil, err
	}
	defer control.Close()
	lifelineEnd, lifeline, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer lifelineEnd.Close()
	log, err := openLog(Name)
	if err != nil {
		return nil, err
	}
	defer log.Close()

	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.Command(program, Name)
	command.Stdout, command.Stderr = log, log
	command.ExtraFiles = []*os.File{lifelineEnd, control, reservedPort}
	command.SysProcAttr = isolation()
	if err := command.Start(); err != nil {
		lifeline.Close()
		return nil, explainRefusal(err)
	}
	identity, err := process.Identify(command.Process.Pid)
	if err != nil {
		lifeline.Close()
		return nil, err
	}
	return &Launched{Identity: identity, lifeline: lifeline}, nil
}

// Commit lets the supervisor outlive this process.
func (l *Launched) Commit() error {
	_, err := l.lifeline.Write([]byte{0})
	return errors.Join(err, l.lifeline.Close())
}

// Abandon ends the supervisor and all it started, and waits for that.
func (l *Launched) Abandon() error {
	l.lifeline.Close()
	return l.Identity.End()
}

// listen opens the control socket here and not in the supervisor, so that requests may be made at
// once: they wait in the socket until the supervisor accepts.
func listen() (*os.File, error) {
	if err := os.RemoveAll(statedir.ControlSocket); err != nil {
		return nil, err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: statedir.ControlSocket})
	if err != nil {
		return nil, fmt.Errorf("opening the control socket: %w", err)
	}
	defer listener.Close()
	listener.SetUnlinkOnClose(false)
	return listener.File()
}

// isolation gives the supervisor its namespaces. A user other than root may make them only
// together with a user namespace, in which he is root and nobody else exists.
func isolation() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS,
	}
	if os.Geteuid() != 0 {
		attributes.Cloneflags |= syscall.CLONE_NEWUSER
		attributes.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		attributes.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	return attributes
}

func explainRefusal(err error) error {
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the kernel refused PID and mount namespaces (%w): run as root with CAP_SYS_ADMIN, "+
			"or allow user namespaces (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns)", err)
	}
	return fmt.Errorf("starting the supervisor: %w", err)
}

func openLog(name string) (*os.File, error) {
	return os.OpenFile(statedir.Log(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}
