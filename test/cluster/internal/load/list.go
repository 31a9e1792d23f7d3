package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"salvor.test/cluster/internal/apiclient"
	"salvor.test/cluster/internal/kubeconfig"
)

// pageLimit is the page size of kubectl and of most programs that read everything.
const pageLimit = 500

type total struct{ objects, bytes int }

// List reads all objects of the kinds of the mix, and prints one line of results.
func List(kubeconfigPath string, out io.Writer) error {
	access, err := kubeconfig.Read(kubeconfigPath)
	if err != nil {
		return err
	}
	client, err := apiclient.New(access, 1)
	if err != nil {
		return err
	}
	var sum total
	began := time.Now()
	for path := range listedPaths() {
		if err := listResource(client, path, &sum); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "objects=%d bytes=%d seconds=%.2f\n", sum.objects, sum.bytes, time.Since(began).Seconds())
	return nil
}

// listedPaths has each kind once.
func listedPaths() map[string]bool {
	paths := map[string]bool{}
	for _, kind := range mix {
		paths[apiRoot(kind)+"/"+kind.resource] = true
	}
	return paths
}

// page leaves the items unread but for their number.
type page struct {
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
	Items []json.RawMessage `json:"items"`
}

func listResource(client *apiclient.Client, resource string, sum *total) error {
	query := url.Values{"limit": {strconv.Itoa(pageLimit)}}
	for {
		path := resource + "?" + query.Encode()
		answer, err := client.Do(context.Background(), http.MethodGet, path, nil)
		if err != nil {
			return err
		}
		if answer.Status == http.StatusNotFound {
			return nil // a cluster that never got a set does not serve its custom kind
		}
		if answer.Status != http.StatusOK {
			return fmt.Errorf("GET %s: %d %s", path, answer.Status, answer.Body)
		}
		var read page
		if err := json.Unmarshal(answer.Body, &read); err != nil {
			return fmt.Errorf("GET %s: %w", path, err)
		}
		sum.objects += len(read.Items)
		sum.bytes += len(answer.Body)
		if read.Metadata.Continue == "" {
			return nil
		}
		query.Set("continue", read.Metadata.Continue)
	}
}
