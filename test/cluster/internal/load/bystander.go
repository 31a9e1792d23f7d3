package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"salvor.test/cluster/internal/apiclient"
	"salvor.test/cluster/internal/kubeconfig"
)

// bystanderPath is an object that every cluster has.
const bystanderPath = "/api/v1/namespaces/default"

// Bystander reads one object so many times a second until the context ends, and prints one line of
// results: what a client feels that has nothing to do with the load.
func Bystander(ctx context.Context, kubeconfigPath string, perSecond int, out io.Writer) error {
	if perSecond < 1 {
		return errors.New("--per-second must be at least 1")
	}
	access, err := kubeconfig.Read(kubeconfigPath)
	if err != nil {
		return err
	}
	client, err := apiclient.New(access, 1)
	if err != nil {
		return err
	}
	latencies, err := readRegularly(ctx, client, time.Second/time.Duration(perSecond))
	if err != nil {
		return err
	}
	if len(latencies) == 0 {
		return errors.New("ended before the first read")
	}
	fmt.Fprintf(out, "reads=%d p50_ms=%.1f p99_ms=%.1f\n",
		len(latencies), milliseconds(latencies, 50), milliseconds(latencies, 99))
	return nil
}

// readRegularly sends each read at its time, also while earlier ones wait: else a server that
// stalls would be asked once, and the stall would count once.
func readRegularly(ctx context.Context, client *apiclient.Client, interval time.Duration) ([]time.Duration, error) {
	var mutex sync.Mutex
	var latencies []time.Duration
	var failure error
	var reads sync.WaitGroup
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			reads.Wait()
			return latencies, failure
		case <-ticker.C:
		}
		reads.Add(1)
		go func() {
			defer reads.Done()
			took, err := readOnce(client)
			mutex.Lock()
			defer mutex.Unlock()
			if err != nil {
				failure = err
				return
			}
			latencies = append(latencies, took)
		}()
	}
}

func readOnce(client *apiclient.Client) (time.Duration, error) {
	began := time.Now()
	answer, err := client.Do(context.Background(), http.MethodGet, bystanderPath, nil)
	if err == nil && answer.Status != http.StatusOK {
		err = fmt.Errorf("GET %s: %d %s", bystanderPath, answer.Status, answer.Body)
	}
	return time.Since(began), err
}
