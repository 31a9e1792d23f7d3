// Package kubeconfig writes and reads the one kind of kubeconfig used here: one cluster, one user,
// and all certificates inline, so that the file can be carried anywhere on its own.
package kubeconfig

import (
	"errors"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"

	"salvor.test/cluster/internal/statedir"
)

// Access is what a client needs to log in.
type Access struct {
	Server      string
	CA          []byte
	Certificate []byte
	Key         []byte
}

const entryName = "salvor-test"

// The file's shape, as described in https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/.
// A []byte becomes base64, which is what the format asks for.
type file struct {
	APIVersion     string         `json:"apiVersion"`
	Kind           string         `json:"kind"`
	Clusters       []clusterEntry `json:"clusters"`
	Users          []userEntry    `json:"users"`
	Contexts       []contextEntry `json:"contexts"`
	CurrentContext string         `json:"current-context"`
}

type clusterEntry struct {
	Name    string  `json:"name"`
	Cluster cluster `json:"cluster"`
}

type cluster struct {
	Server string `json:"server"`
	CA     []byte `json:"certificate-authority-data"`
}

type userEntry struct {
	Name string `json:"name"`
	User user   `json:"user"`
}

type user struct {
	Certificate []byte `json:"client-certificate-data"`
	Key         []byte `json:"client-key-data"`
}

type contextEntry struct {
	Name    string  `json:"name"`
	Context context `json:"context"`
}

type context struct {
	Cluster string `json:"cluster"`
	User    string `json:"user"`
}

// Write writes the file whole or not at all.
func Write(path string, access Access) error {
	text, err := yaml.Marshal(file{
		APIVersion:     "v1",
		Kind:           "Config",
		Clusters:       []clusterEntry{{entryName, cluster{access.Server, access.CA}}},
		Users:          []userEntry{{entryName, user{access.Certificate, access.Key}}},
		Contexts:       []contextEntry{{entryName, context{entryName, entryName}}},
		CurrentContext: entryName,
	})
	if err != nil {
		return err
	}
	return statedir.WriteFile(path, text)
}

// Read reads a file that Write wrote, or one of the same shape.
func Read(path string) (Access, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Access{}, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	access, err := parse(text)
	if err != nil {
		return Access{}, fmt.Errorf("kubeconfig %s: %w", path, err)
	}
	return access, nil
}

func parse(text []byte) (Access, error) {
	var parsed file
	if err := yaml.Unmarshal(text, &parsed); err != nil {
		return Access{}, err
	}
	if len(parsed.Clusters) != 1 || len(parsed.Users) != 1 {
		return Access{}, errors.New("want exactly one cluster and one user: " +
			`"kubectl config view --minify --flatten" makes such a file`)
	}
	access := Access{
		Server:      parsed.Clusters[0].Cluster.Server,
		CA:          parsed.Clusters[0].Cluster.CA,
		Certificate: parsed.Users[0].User.Certificate,
		Key:         parsed.Users[0].User.Key,
	}
	if access.Server == "" || len(access.CA) == 0 || len(access.Certificate) == 0 || len(access.Key) == 0 {
		return Access{}, errors.New("want server, certificate-authority-data, client-certificate-data and " +
			`client-key-data, all inline: "kubectl config view --minify --flatten" makes such a file`)
	}
	return access, nil
}
