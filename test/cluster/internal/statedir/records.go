package statedir

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"salvor.test/cluster/internal/process"
)

// Settings are the choices made when a cluster was brought up. The components' command lines
// follow from them alone, so a component started again gets the same command line.
type Settings struct {
	APIPort int  `json:"apiPort"`
	Fsync   bool `json:"fsync"`
	Audit   bool `json:"audit"`
	// Address is where the API server listens.
	Address string `json:"address"`
	// Node is nil in a cluster without one.
	Node *Node `json:"node,omitempty"`
}

// Node has the choices for a cluster's node.
type Node struct {
	// Key is a name that nothing else on the machine has.
	Key string `json:"key"`
	// Address is one of the machine's, for the node's status. Nothing listens there.
	Address string `json:"address"`
	// Storage is the absolute path of the CSI drivers' folder.
	Storage string `json:"storage"`
}

// Server is the URL of the cluster's API server.
func (s Settings) Server() string { return fmt.Sprintf("https://%s:%d", s.Address, s.APIPort) }

// WriteSettings records the settings in the working directory.
func WriteSettings(settings Settings) error {
	text, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	return WriteFile(settingsFile, append(text, '\n'))
}

// ReadSettings returns the recorded settings; those of a new cluster are zero.
func ReadSettings() (Settings, error) {
	text, err := os.ReadFile(settingsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Settings{}, nil
	}
	if err != nil {
		return Settings{}, err
	}
	var settings Settings
	if err := json.Unmarshal(text, &settings); err != nil {
		return Settings{}, fmt.Errorf("reading %s: %w", settingsFile, err)
	}
	return settings, nil
}

// WriteSupervisor records which process carries the cluster.
func WriteSupervisor(identity process.Identity) error {
	return WriteFile(supervisorFile, []byte(identity.String()+"\n"))
}

// Supervisor returns the process that carries the cluster, and whether it is alive.
func Supervisor() (process.Identity, bool, error) {
	text, err := os.ReadFile(supervisorFile)
	if errors.Is(err, fs.ErrNotExist) {
		return process.Identity{}, false, nil
	}
	if err != nil {
		return process.Identity{}, false, err
	}
	identity, err := process.Parse(string(text))
	if err != nil {
		return process.Identity{}, false, fmt.Errorf("reading %s: %w", supervisorFile, err)
	}
	return identity, identity.IsAlive(), nil
}

// MarkReady records that "up" has done all it had to do.
func MarkReady() error { return WriteFile(readyFile, nil) }

// IsReady tells a cluster that is up from one whose "up" was killed, and which is about to end.
func IsReady() bool {
	_, err := os.Stat(readyFile)
	return err == nil
}

// partialSuffix marks a file whose writing was cut short.
const partialSuffix = ".partial"

// WriteFile writes a file so that it is there whole or not at all, whenever the writer is killed.
func WriteFile(name string, content []byte) error {
	partial := name + partialSuffix
	if err := os.WriteFile(partial, content, 0o600); err != nil {
		return err
	}
	return os.Rename(partial, name)
}

// WriteFolder does the same with a whole folder of files.
func WriteFolder(name string, files map[string][]byte) error {
	partial := name + partialSuffix
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	if err := os.Mkdir(partial, 0o700); err != nil {
		return err
	}
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(partial, file), content, 0o600); err != nil {
			return err
		}
	}
	return os.Rename(partial, name)
}
