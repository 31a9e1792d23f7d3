// Package proxy stands between a client and a cluster's API server, counts what passes, and lets
// things go wrong as a script says: refusals, closed connections, the client's sudden end.
package proxy

import (
	"errors"
	"fmt"
)

// Moment is when a fault strikes: before the request is forwarded, so that the API server never
// sees it, or after the API server has answered and before the client learns of it.
type Moment string

const (
	Before Moment = "before"
	After  Moment = "after"
)

// Script says what goes wrong. The zero value lets everything pass.
type Script struct {
	// RefuseShare of the requests that are no watches are answered with 429.
	RefuseShare       float64 `json:"refuse_share,omitempty"`
	RefuseSeed        uint64  `json:"refuse_seed,omitempty"`
	RetryAfterSeconds int     `json:"retry_after_seconds,omitempty"`
	// Drops close the connection, with all that is under way on it.
	Drops []Drop `json:"drops,omitempty"`
	Kill  *Kill  `json:"kill,omitempty"`
}

// Drop strikes once, at the write of that number.
type Drop struct {
	Write  int    `json:"write"`
	Moment Moment `json:"moment"`
}

// Kill ends a process with SIGKILL, once: at the request of that number or, as the numbers go on
// while nobody is named, at the first one behind it.
type Kill struct {
	Request int    `json:"request"`
	Method  string `json:"method,omitempty"` // if given, only requests of this method are struck
	Moment  Moment `json:"moment"`
	PID     int    `json:"pid"`
	// HoldMilliseconds pass between the request and the kill. Requests behind it wait meanwhile and
	// are lost, while those before it are answered: so a client that notes its answers late has
	// noted all but this one.
	HoldMilliseconds int `json:"hold_ms,omitempty"`
}

func (s Script) check() error {
	if s.RefuseShare < 0 || s.RefuseShare >= 1 {
		return fmt.Errorf("the share of refused requests is %v: at least 0 and less than 1 is possible", s.RefuseShare)
	}
	if s.RetryAfterSeconds < 0 {
		return errors.New("nobody can come back in less than 0 seconds")
	}
	for _, drop := range s.Drops {
		if err := drop.Moment.check(); err != nil {
			return err
		}
	}
	if s.Kill == nil {
		return nil
	}
	if s.Kill.PID <= 1 {
		return fmt.Errorf("process %d is not for killing", s.Kill.PID)
	}
	return s.Kill.Moment.check()
}

func (m Moment) check() error {
	if m == Before || m == After {
		return nil
	}
	return fmt.Errorf("no moment is called %q: name %q or %q", m, Before, After)
}
