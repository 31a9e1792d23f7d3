package process

import (
	"os"
	"os/exec"
	"testing"
)

func TestIdentitySurvivesBeingWrittenAndRead(t *testing.T) {
	self, err := Identify(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}

	read, err := Parse(self.String() + "\n")

	if err != nil || read != self {
		t.Errorf("read %v, %v; want %v", read, err, self)
	}
	if !read.IsAlive() {
		t.Error("this very process is said to have ended")
	}
}

func TestParseRefusesWhatIsNoRecord(t *testing.T) {
	for _, text := range []string{"", "12", "twelve 3"} {
		if identity, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", text, identity)
		}
	}
}

func TestUsedAgainIDIsNotMistaken(t *testing.T) {
	child := startSleeper(t)
	former := Identity{PID: child.Process.Pid, startTicks: 1}

	if former.IsAlive() {
		t.Error("a process with another start time is taken for the recorded one")
	}
	if err := former.End(); err != nil {
		t.Error(err)
	}

	if current, err := Identify(child.Process.Pid); err != nil || !current.IsAlive() {
		t.Error("the process that has the id now was killed")
	}
}

func TestEndWaitsForTheEnd(t *testing.T) {
	identity, err := Identify(startSleeper(t).Process.Pid)
	if err != nil {
		t.Fatal(err)
	}

	if err := identity.End(); err != nil {
		t.Fatal(err)
	}

	if identity.IsAlive() {
		t.Error("the process is alive after End")
	}
	if err := identity.End(); err != nil {
		t.Errorf("ending it again: %v", err)
	}
}

func TestStartTicksAreFoundBehindAnyProgramName(t *testing.T) {
	ticks, err := parseStartTicks("7 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 99 100")

	if err != nil || ticks != 4711 {
		t.Errorf("got %d, %v; want 4711", ticks, err)
	}
}

func TestChildrenAreNamedByTheirInnermostID(t *testing.T) {
	child := startSleeper(t)

	found, isThere := Children(os.Getpid())[child.Process.Pid]

	if !isThere || found.PID != child.Process.Pid {
		t.Errorf("got %v, %v", found, isThere)
	}
	parsed := parseStatus("PPid:\t10\nNSpid:\t4711\t12\t5\nVmRSS:\t  4096 kB\n")
	if want := (status{parent: 10, innerPID: 5, rssMiB: 4}); parsed != want {
		t.Errorf("parsed %+v, want %+v", parsed, want)
	}
}

func startSleeper(t *testing.T) *exec.Cmd {
	t.Helper()
	command := exec.Command("sleep", "60")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
	})
	return command
}
