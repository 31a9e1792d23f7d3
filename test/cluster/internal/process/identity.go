// Package process names processes of this machine so that a number used again is never mistaken
// for the process that had it before.
package process

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// endingTimeout is far more than the kernel needs to end some processes on a loaded machine.
const endingTimeout = 30 * time.Second

// Identity is a process id together with the start time that tells it from later users of the id.
type Identity struct {
	PID        int
	startTicks uint64 // since boot, as in /proc/PID/stat
}

// Identify looks a living process up.
func Identify(pid int) (Identity, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Identity{}, err
	}
	ticks, err := parseStartTicks(string(stat))
	if err != nil {
		return Identity{}, fmt.Errorf("/proc/%d/stat: %w", pid, err)
	}
	return Identity{PID: pid, startTicks: ticks}, nil
}

// Parse reads what String wrote.
func Parse(text string) (Identity, error) {
	var identity Identity
	if _, err := fmt.Sscanf(text, "%d %d", &identity.PID, &identity.startTicks); err != nil {
		return Identity{}, fmt.Errorf("%q is no process id and start time: %w", text, err)
	}
	return identity, nil
}

func (i Identity) String() string { return fmt.Sprintf("%d %d", i.PID, i.startTicks) }

// IsAlive tells whether the process still runs; one that ended but was not yet reaped does not.
func (i Identity) IsAlive() bool {
	handle, err := i.open()
	if err != nil || handle < 0 {
		return false
	}
	defer unix.Close(handle)
	ended, err := waitForEnd(handle, 0)
	return err == nil && !ended
}

// End kills the process and waits until it has ended. If it is pid 1 of a PID namespace, all the
// namespace's processes have ended by then as well. No error if it had ended before.
func (i Identity) End() error {
	handle, err := i.open()
	if err != nil || handle < 0 {
		return err
	}
	defer unix.Close(handle)
	err = unix.PidfdSendSignal(handle, unix.SIGKILL, nil, 0)
	if errors.Is(err, unix.EPERM) {
		return fmt.Errorf("process %d belongs to another user: run this as the user who ran \"up\"", i.PID)
	}
	if err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("killing process %d: %w", i.PID, err)
	}
	ended, err := waitForEnd(handle, endingTimeout)
	if err != nil {
		return fmt.Errorf("waiting for the end of process %d: %w", i.PID, err)
	}
	if !ended {
		return fmt.Errorf("process %d has not ended %v after SIGKILL: look at /proc/%d/stack", i.PID, endingTimeout, i.PID)
	}
	return nil
}

// open returns a pidfd of the process, or -1 if it is gone. The start time is compared after the
// opening: from then on the handle, unlike the number, can't change its meaning.
func (i Identity) open() (int, error) {
	handle, err := unix.PidfdOpen(i.PID, 0)
	if errors.Is(err, unix.ESRCH) {
		return -1, nil
	}
	if err != nil {
		return -1, fmt.Errorf("opening process %d: %w", i.PID, err)
	}
	if current, err := Identify(i.PID); err != nil || current != i {
		unix.Close(handle)
		return -1, nil
	}
	return handle, nil
}

func waitForEnd(handle int, timeout time.Duration) (bool, error) {
	deadline := time.Now().Add(timeout)
	for {
		events := []unix.PollFd{{Fd: int32(handle), Events: unix.POLLIN}}
		left := max(0, time.Until(deadline))
		count, err := unix.Poll(events, int(left.Milliseconds()))
		if !errors.Is(err, unix.EINTR) {
			return count > 0, err
		}
	}
}

// parseStartTicks takes field 22. The second field, the program's name in parentheses, may hold
// spaces and parentheses itself, so the counting starts behind the last of them.
func parseStartTicks(stat string) (uint64, error) {
	const position = 22 - 3 // the field after the name is number 3
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	if len(fields) <= position {
		return 0, errors.New("too few fields")
	}
	return strconv.ParseUint(fields[position], 10, 64)
}
