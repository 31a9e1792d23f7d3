package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"salvor.test/cluster/internal/apiclient"
	"salvor.test/cluster/internal/kubeconfig"
)

// Plan says what to create, and how.
type Plan struct {
	Objects     int
	Namespaces  int
	Prefix      string // of the namespaces' names
	InFlight    int    // requests that wait for an answer at the same time
	Connections int    // over which they are spread
}

// Create creates the objects as fast as the server lets it, and prints one line of results.
func Create(kubeconfigPath string, plan Plan, out io.Writer) error {
	if min(plan.Objects, plan.Namespaces, plan.InFlight, plan.Connections) < 1 {
		return errors.New("--objects, --namespaces, --in-flight and --connections must be at least 1")
	}
	access, err := kubeconfig.Read(kubeconfigPath)
	if err != nil {
		return err
	}
	client, err := apiclient.New(access, plan.Connections)
	if err != nil {
		return err
	}
	namespaces := namespaceNames(plan)
	objects, err := prepareObjects(plan.Objects, namespaces)
	if err != nil {
		return err
	}
	if err := define(client); err != nil {
		return err
	}
	if err := createNamespaces(client, namespaces, plan.InFlight); err != nil {
		return err
	}
	began := time.Now()
	latencies, err := createAll(client, objects, plan.InFlight, refuseExisting)
	if err != nil {
		return err
	}
	seconds := time.Since(began).Seconds()
	fmt.Fprintf(out, "created=%d seconds=%.2f per_second=%.0f p50_ms=%.1f p99_ms=%.1f in_flight=%d\n",
		len(objects), seconds, float64(len(objects))/seconds,
		milliseconds(latencies, 50), milliseconds(latencies, 99), plan.InFlight)
	return nil
}

func namespaceNames(plan Plan) []string {
	names := make([]string, plan.Namespaces)
	for i := range names {
		names[i] = fmt.Sprintf("%s-%d", plan.Prefix, i)
	}
	return names
}

func createNamespaces(client *apiclient.Client, names []string, inFlight int) error {
	creations, err := prepareNamespaces(names)
	if err != nil {
		return err
	}
	_, err = createAll(client, creations, inFlight, acceptExisting)
	return err
}

// existing says what it means if an object is there already.
type existing int

const (
	refuseExisting existing = iota
	acceptExisting
)

// createAll sends the requests in order and returns how long each took. It stops at the first
// error: what it measures would no longer be what was asked for.
func createAll(client *apiclient.Client, creations []creation, inFlight int, rule existing) ([]time.Duration, error) {
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	latencies := make([]time.Duration, len(creations))
	var next atomic.Int64
	var senders sync.WaitGroup
	for range min(inFlight, len(creations)) {
		senders.Add(1)
		go func() {
			defer senders.Done()
			for i := next.Add(1) - 1; i < int64(len(creations)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				began := time.Now()
				if err := createOne(ctx, client, creations[i], rule); err != nil {
					stop(err)
				}
				latencies[i] = time.Since(began)
			}
		}()
	}
	senders.Wait()
	return latencies, context.Cause(ctx)
}

func createOne(ctx context.Context, client *apiclient.Client, wanted creation, rule existing) error {
	answer, err := client.Do(ctx, http.MethodPost, wanted.path, wanted.body)
	if err != nil {
		return err
	}
	switch {
	case answer.Status == http.StatusCreated:
		return nil
	case answer.Status == http.StatusConflict && rule == acceptExisting:
		return nil
	case answer.Status == http.StatusConflict:
		return fmt.Errorf("POST %s: an earlier run has made this object: give another --prefix: %s",
			wanted.path, answer.Body)
	}
	return fmt.Errorf("POST %s: %d %s", wanted.path, answer.Status, answer.Body)
}

// milliseconds is the latency that the given percentage of requests did not exceed.
func milliseconds(latencies []time.Duration, percentage int) float64 {
	sorted := slices.Sorted(slices.Values(latencies))
	rank := (len(sorted)*percentage + 99) / 100
	return float64(sorted[rank-1].Microseconds()) / 1000
}
