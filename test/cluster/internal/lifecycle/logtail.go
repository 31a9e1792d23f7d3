package lifecycle

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"salvor.test/cluster/internal/statedir"
	"salvor.test/cluster/internal/supervisor"
)

const (
	tailLines = 20
	tailBytes = 32 << 10
)

// explain adds the supervisor's log to an error that only the log can explain.
func explain(err error) error {
	if errors.Is(err, supervisor.ErrUnreachable) {
		return fmt.Errorf("%w%s", err, logTail(supervisor.Name))
	}
	return err
}

// logTail returns the last lines of a log, with a heading, as the end of an error message.
func logTail(name string) string {
	path := statedir.Log(name)
	lines, err := readTail(path)
	if err != nil {
		return "\n(its log can't be read: " + err.Error() + ")"
	}
	return "\nthe last lines of " + path + ":\n  " + strings.Join(lines, "\n  ")
}

func readTail(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.NewSectionReader(file, max(0, info.Size()-tailBytes), tailBytes))
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return lines[max(0, len(lines)-tailLines):], nil
}
