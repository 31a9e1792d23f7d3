// Package supervisor runs the servers of one cluster below one process.
//
// That process is pid 1 of a PID namespace and owns a mount namespace. When it ends, for whatever
// reason, the kernel ends all processes of the PID namespace and drops the mounts, so nothing of a
// cluster can be left behind. Commands reach it by a unix socket: one JSON request and one JSON
// response for each connection.
package supervisor

import "syscall"

type verb string

const (
	verbStart verb = "start"
	verbKill  verb = "kill"
	verbList  verb = "list"
)

type request struct {
	Verb      verb           `json:"verb"`
	Component string         `json:"component,omitempty"`
	Signal    syscall.Signal `json:"signal,omitempty"`
}

type response struct {
	Error    string   `json:"error,omitempty"`
	Children []Status `json:"children,omitempty"`
}

// Status tells how a component is.
type Status struct {
	Name string `json:"name"`
	// PID is an id of the cluster's PID namespace, and 0 if the component is down.
	PID int `json:"pid"`
	// Ending says how it ended, if it was ever up.
	Ending string `json:"ending,omitempty"`
}
