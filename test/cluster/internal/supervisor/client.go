package supervisor

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"syscall"

	"salvor.test/cluster/internal/statedir"
)

// Start has the supervisor of the working directory's cluster start a component.
func Start(component string) error {
	_, err := ask(request{Verb: verbStart, Component: component})
	return err
}

// Kill sends a component a signal, and if the signal asks it to end, waits until it has.
func Kill(component string, signal syscall.Signal) error {
	_, err := ask(request{Verb: verbKill, Component: component, Signal: signal})
	return err
}

// List tells how all components are, in their starting order.
func List() ([]Status, error) {
	answer, err := ask(request{Verb: verbList})
	return answer.Children, err
}

// ErrUnreachable is the error when the supervisor does not answer: its own log tells why.
var ErrUnreachable = errors.New("the cluster's supervisor does not answer")

func ask(question request) (response, error) {
	connection, err := net.Dial("unix", statedir.ControlSocket)
	if err != nil {
		return response{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer connection.Close()
	var answer response
	if err := json.NewEncoder(connection).Encode(question); err != nil {
		return response{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if err := json.NewDecoder(connection).Decode(&answer); err != nil {
		return response{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if answer.Error != "" {
		return response{}, errors.New(answer.Error)
	}
	return answer, nil
}
