package lifecycle

import (
	"context"
	"fmt"
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
func startAndWait(started component.Component) error {
	if err := supervisor.Start(started.Name); err != nil {
		return explain(err)
	}
	if started.ReadyPath == "" {
		return nil
	}
	access, err := kubeconfig.Read(statedir.Kubeconfig)
	if err != nil {
		return err
	}
	client, err := apiclient.New(access, 1)
	if err != nil {
		return err
	}
	return waitUntilReady(client, started)
}

func waitUntilReady(client *apiclient.Client, awaited component.Component) error {
	lastAnswer := "it did not answer"
	for deadline := time.Now().Add(readyTimeout); time.Now().Before(deadline); time.Sleep(askInterval) {
		answer, err := get(client, awaited.ReadyPath)
		if err == nil && answer.Status == http.StatusOK {
			return nil
		}
		if err == nil {
			lastAnswer = fmt.Sprintf("the last answer was %d %s", answer.Status, answer.Body)
		}
		if err := findEnded(awaited); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s was not ready after %v: GET %s: %s%s",
		awaited.Name, readyTimeout, awaited.ReadyPath, lastAnswer, logTail(awaited.Name))
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
