package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"salvor.test/cluster/internal/apiclient"
)

// A kind is served a moment after its definition is accepted.
const (
	servedTimeout  = 30 * time.Second
	servedInterval = 50 * time.Millisecond
)

// define has the cluster serve the custom kind of the mix, and waits until it does.
func define(client *apiclient.Client) error {
	body, err := json.Marshal(thingsDefinition)
	if err != nil {
		return err
	}
	const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
	if err := createOne(context.Background(), client, creation{definitions, body}, acceptExisting); err != nil {
		return err
	}
	path := apiRoot(things) + "/" + things.resource + "?limit=1"
	for deadline := time.Now().Add(servedTimeout); time.Now().Before(deadline); time.Sleep(servedInterval) {
		answer, err := client.Do(context.Background(), http.MethodGet, path, nil)
		if err != nil {
			return err
		}
		if answer.Status == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("GET %s: not served %v after the definition", path, servedTimeout)
}
