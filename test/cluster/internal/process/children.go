package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Child is what the machine says about a process in a cluster's PID namespace.
type Child struct {
	PID    int // as seen from outside the namespace
	RSSMiB int
}

// Self tells the same about one process that is asked for by its own id.
func Self(pid int) (Child, bool) {
	status, ok := readStatus(pid)
	return Child{PID: pid, RSSMiB: status.rssMiB}, ok
}

// Children returns the living children of a process, by the ids that they have in their own PID
// namespace: those are the only ones their parent, which lives in there, can know.
func Children(parent int) map[int]Child {
	children := map[int]Child{}
	folders, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well-formed, so no error
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		if status, ok := readStatus(pid); ok && status.parent == parent {
			children[status.innerPID] = Child{PID: pid, RSSMiB: status.rssMiB}
		}
	}
	return children
}

type status struct{ parent, innerPID, rssMiB int }

// readStatus reports false for a process that ended in the meantime.
func readStatus(pid int) (status, bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return status{}, false
	}
	return parseStatus(string(text)), true
}

func parseStatus(text string) status {
	var parsed status
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		switch name {
		case "PPid":
			parsed.parent, _ = strconv.Atoi(fields[0])
		case "NSpid": // from the outermost namespace to the innermost
			parsed.innerPID, _ = strconv.Atoi(fields[len(fields)-1])
		case "VmRSS":
			kib, _ := strconv.Atoi(fields[0])
			parsed.rssMiB = kib / 1024
		}
	}
	return parsed
}
