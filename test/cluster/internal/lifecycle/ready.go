package lifecycle

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"salvor.test/cluster/internal/apiclient"
	"salvor.test/cluster/internal/component"
	"salvor.test/cluster/internal/kubeconfig"
	"salvor.test/cluster/internal/statedir"
	"salvor.test/cluster/internal/supervisor"
)

// A start takes a few seconds; a machine busy with builds has been seen to take twenty.
const (
	readyTimeout  = 3 * time.Minute
	askInterval   = 50 * time.Millisecond
	answerTimeout = 2 * time.Second
)

// startAndWait starts a component of the cluster in the working directory and waits until it does
// its work. An error comes with the last lines of the log that should explain it.
func startAndWait(settings statedir.Settings, started component.Component) error {
	if err := supervisor.Start(started.Name); err != nil {
		return explain(err)
	}
	if started.Listens != nil {
		address := started.Listens(settings)
		if err := waitUntil(started, func() (bool, string) { return isListening(address) }); err != nil {
			return err
		}
	}
	if len(started.Ready) == 0 {
		return nil
	}
	client, err := newClient()
	if err != nil {
		return err
	}
	for _, condition := range started.Ready {
		if err := waitUntil(started, func() (bool, string) { return holds(client, condition) }); err != nil {
			return err
		}
	}
	return nil
}

// newClient asks the API server of the working directory's cluster.
func newClient() (*apiclient.Client, error) {
	access, err := kubeconfig.Read(statedir.Kubeconfig)
	if err != nil {
		return nil, err
	}
	return apiclient.New(access, 1)
}

// waitUntil asks again and again; the answer that was not good enough is for the error.
func waitUntil(awaited component.Component, isReady func() (bool, string)) error {
	last := ""
	for deadline := time.Now().Add(readyTimeout); time.Now().Before(deadline); time.Sleep(askInterval) {
		ready, answer := isReady()
		if ready {
			return nil
		}
		last = answer
		if err := findEnded(awaited); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s was not ready after %v: %s%s", awaited.Name, readyTimeout, last, logTail(awaited.Name))
}

func holds(client *apiclient.Client, condition component.Condition) (bool, string) {
	answer, err := get(client, condition.Path)
	if err != nil {
		return false, err.Error()
	}
	if answer.Status == http.StatusOK && (condition.Holds == nil || condition.Holds(answer.Body)) {
		return true, ""
	}
	return false, fmt.Sprintf("GET %s: the last answer was %d %s", condition.Path, answer.Status, answer.Body)
}

// isListening tells a socket's server from one that was killed and left its file.
func isListening(address net.Addr) (bool, string) {
	connection, err := net.DialTimeout(address.Network(), address.String(), answerTimeout)
	if err != nil {
		return false, err.Error()
	}
	connection.Close()
	return true, ""
}

func get(client *apiclient.Client, path string) (apiclient.Answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	return client.Do(ctx, http.MethodGet, path, nil)
}

// findEnded ends the waiting for a component if it, or one that had to be up before it, has ended.
func findEnded(awaited component.Component) error {
	statuses, err := supervisor.List()
	if err != nil {
		return explain(err)
	}
	for _, status := range statuses {
		if status.PID == 0 {
			if status.Ending == "" {
				return fmt.Errorf("%s is down, and %s needs it: \"start\" it first", status.Name, awaited.Name)
			}
			return fmt.Errorf("%s %s before %s was ready%s", status.Name, status.Ending, awaited.Name, logTail(status.Name))
		}
		if status.Name == awaited.Name {
			return nil
		}
	}
	return nil
}
