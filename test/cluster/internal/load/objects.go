// Package load measures what a cluster's API server gives to a client that does nothing else: the
// ceiling for any program that creates or reads many objects.
package load

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// dataBytes is the size of each object's data, as it stands in the JSON.
const dataBytes = 1024

// creation is a request to create one object, prepared before the clock starts.
type creation struct {
	path string
	body []byte
}

type object struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   metadata          `json:"metadata"`
	Data       map[string]string `json:"data,omitempty"`
}

type metadata struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// prepareObjects makes two ConfigMaps for each Secret, dealt out evenly to the namespaces. The
// data are random, so that they don't compress, and the same each time, so that runs compare.
func prepareObjects(count int, namespaces []string) ([]creation, error) {
	random := rand.New(rand.NewPCG(1, 2))
	creations := make([]creation, 0, count)
	for i := range count {
		kind, resource := "ConfigMap", "configmaps"
		if i%3 == 2 {
			kind, resource = "Secret", "secrets"
		}
		namespace := namespaces[i%len(namespaces)]
		body, err := json.Marshal(object{
			APIVersion: "v1",
			Kind:       kind,
			Metadata:   metadata{Name: fmt.Sprintf("object-%07d", i), Namespace: namespace},
			Data:       map[string]string{"data": randomText(random)},
		})
		if err != nil {
			return nil, err
		}
		creations = append(creations, creation{path: "/api/v1/namespaces/" + namespace + "/" + resource, body: body})
	}
	return creations, nil
}

func prepareNamespaces(names []string) ([]creation, error) {
	creations := make([]creation, 0, len(names))
	for _, name := range names {
		body, err := json.Marshal(object{APIVersion: "v1", Kind: "Namespace", Metadata: metadata{Name: name}})
		if err != nil {
			return nil, err
		}
		creations = append(creations, creation{path: "/api/v1/namespaces", body: body})
	}
	return creations, nil
}

// randomText is base64, the one text that both a ConfigMap's and a Secret's data may be.
func randomText(random *rand.Rand) string {
	raw := make([]byte, dataBytes/4*3)
	for i := range raw {
		raw[i] = byte(random.Uint32())
	}
	return base64.StdEncoding.EncodeToString(raw)
}
