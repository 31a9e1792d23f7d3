package supervisor

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"salvor.test/cluster/internal/node"
	"salvor.test/cluster/internal/statedir"
)

// Run is the supervisor. It never returns without an error.
func Run() error {
	if os.Getpid() != 1 {
		return fmt.Errorf("%q is for the program's own use: bring a cluster up with \"up\"", Name)
	}
	for fd := lifelineFD; fd <= reservedPortFD; fd++ {
		syscall.CloseOnExec(fd) // the components must not get them
	}
	if err := isolateMounts(); err != nil {
		return err
	}
	settings, err := statedir.ReadSettings()
	if err != nil {
		return err
	}
	listener, err := net.FileListener(os.NewFile(controlFD, "control socket"))
	if err != nil {
		return fmt.Errorf("taking over the control socket: %w", err)
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if settings.Node != nil {
		if err := becomeNode(settings); err != nil {
			return err
		}
		program = node.Program(filepath.Base(program))
	}
	all := &children{settings: settings, program: program, byName: map[string]*child{}}
	go reapOnSignal(all, notifyOfEnds())
	go endUnlessCommitted(all)
	go endOnRequest(all)
	return serve(listener, all)
}

func becomeNode(settings statedir.Settings) error {
	if err := node.Isolate(settings); err != nil {
		return fmt.Errorf("making the mounts of a node: %w", err)
	}
	if err := node.LeadPodsToAPI(settings); err != nil {
		fmt.Fprintln(os.Stderr, "pods must be told the API server's address:", err)
	}
	return node.MakeGroups(settings)
}

// isolateMounts keeps mounts made here away from the machine, though not the other way round, and
// shows the namespace its own processes: programs look for themselves in /proc/self.
func isolateMounts() error {
	const advice = "run as root with CAP_SYS_ADMIN, or allow user namespaces to mount " +
		"(sysctl kernel.apparmor_restrict_unprivileged_userns=0; in a container, an unmasked /proc)"
	if err := syscall.Mount("", "/", "", syscall.MS_SLAVE|syscall.MS_REC, ""); err != nil {
		return fmt.Errorf("detaching the mounts: %w: %s", err, advice)
	}
	const flags = syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC
	if err := syscall.Mount("proc", "/proc", "proc", flags, ""); err != nil {
		return fmt.Errorf("mounting /proc: %w: %s", err, advice)
	}
	return nil
}

// notifyOfEnds must be called before the first child is started, or its end may go unnoticed.
func notifyOfEnds() chan os.Signal {
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGCHLD)
	return ends
}

func reapOnSignal(all *children, ends <-chan os.Signal) {
	for range ends {
		all.reap()
	}
}

// endUnlessCommitted waits for the byte by which "up" says that it is done. The end of the file
// means that "up" has ended without.
func endUnlessCommitted(all *children) {
	count, _ := os.NewFile(lifelineFD, "lifeline").Read(make([]byte, 1))
	if count == 0 {
		end(all, "\"up\" has ended before the cluster was ready")
	}
}

// endOnRequest is needed because the kernel gives pid 1 no default action for these signals.
func endOnRequest(all *children) {
	requested := make(chan os.Signal, 1)
	signal.Notify(requested, syscall.SIGTERM, syscall.SIGINT)
	end(all, (<-requested).String())
}

// end takes the processes along. The kernel would do that as well, but only processes can empty
// the cgroups, and only an empty one can be removed.
func end(all *children, reason string) {
	fmt.Fprintln(os.Stderr, "ending the cluster:", reason)
	all.endAll()
	if err := node.RemoveGroups(all.settings); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(1)
}

func serve(listener net.Listener, all *children) error {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return fmt.Errorf("accepting a request: %w", err)
		}
		go answer(connection, all)
	}
}

func answer(connection net.Conn, all *children) {
	defer connection.Close()
	var question request
	if err := json.NewDecoder(connection).Decode(&question); err != nil {
		return // the asking command was killed, and nobody waits for an answer
	}
	var reply response
	if err := act(question, all); err != nil {
		reply.Error = err.Error()
	}
	reply.Children = all.list()
	json.NewEncoder(connection).Encode(reply) // likewise
}

func act(question request, all *children) error {
	switch question.Verb {
	case verbStart:
		return all.start(question.Component)
	case verbKill:
		return all.kill(question.Component, question.Signal)
	case verbList:
		return nil
	}
	return fmt.Errorf("unknown verb %q: was the program built anew since \"up\"? \"down\" and \"up\" help", question.Verb)
}
