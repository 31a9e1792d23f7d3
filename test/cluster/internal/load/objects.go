// Package load measures what a cluster's API server gives to a client that does nothing else: the
// ceiling for any program that creates or reads many objects.
package load

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// dataBytes is the size of each text, as it stands in the JSON.
const dataBytes = 1024

// creation is a request to create one object, prepared before the clock starts.
type creation struct {
	path string
	body []byte
}

// prepareObjects deals the mix out to the namespaces, a block at a time. The data are random, so
// that they don't compress, and the same each time, so that runs compare.
func prepareObjects(count int, namespaces []string) ([]creation, error) {
	random := rand.New(rand.NewPCG(1, 2))
	creations := make([]creation, 0, count)
	for i := range count {
		number, place := i/len(mix), i%len(mix)
		dealt := block{
			name: func(place int) string { return objectName(number*len(mix) + place) },
			text: func() string { return randomText(random) },
		}
		made, err := prepare(mix[place], namespaces[number%len(namespaces)], objectName(i), mix[place].of(dealt))
		if err != nil {
			return nil, err
		}
		creations = append(creations, made)
	}
	return creations, nil
}

func objectName(number int) string { return fmt.Sprintf("object-%07d", number) }

func prepare(kind kind, namespace, name string, object fields) (creation, error) {
	object["apiVersion"], object["kind"] = kind.apiVersion, kind.name
	object["metadata"] = fields{"name": name, "namespace": namespace}
	body, err := json.Marshal(object)
	return creation{path: apiRoot(kind) + "/namespaces/" + namespace + "/" + kind.resource, body: body}, err
}

// apiRoot is the path of the kind's group and version.
func apiRoot(kind kind) string {
	if strings.Contains(kind.apiVersion, "/") {
		return "/apis/" + kind.apiVersion
	}
	return "/api/" + kind.apiVersion
}

func prepareNamespaces(names []string) ([]creation, error) {
	creations := make([]creation, 0, len(names))
	for _, name := range names {
		body, err := json.Marshal(fields{"apiVersion": "v1", "kind": "Namespace", "metadata": fields{"name": name}})
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
