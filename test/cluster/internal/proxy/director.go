package proxy

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Status is what has passed since the start or the last reset.
type Status struct {
	Requests int `json:"requests"` // all that arrived, refused ones too
	Writes   int `json:"writes"`   // those that were not refused
	Refused  int `json:"refused"`
	Dropped  int `json:"dropped"`
	// FirstWriteAt is when the first write arrived after the script was set, in seconds since
	// 1970, or 0 if none has.
	FirstWriteAt float64  `json:"first_write_at"`
	Kills        []Struck `json:"kills"`
	Problems     []string `json:"problems"`
}

// Struck is a request at which the client was killed.
type Struck struct {
	Request int    `json:"request"` // its number
	Write   int    `json:"write"`   // how many writes had arrived by then, itself included
	Method  string `json:"method"`
	Path    string `json:"path"`
	Moment  Moment `json:"moment"`
}

type act int

const (
	pass act = iota
	refuse
	drop
	kill
	wait   // for the end of the process that sent it
	ignore // it comes from a process that is dead by now
)

// fate is what becomes of one request.
type fate struct {
	act        act
	moment     Moment
	retryAfter int // seconds, of a refusal
	pid        int // of a kill
	hold       time.Duration
	struck     Struck
}

// director counts the requests and decides what becomes of each. Any goroutine may call.
type director struct {
	mutex  sync.Mutex
	script Script
	chance *rand.Rand
	status Status
	deaths int
	dying  bool // a kill holds back what comes behind it
}

func newDirector(script Script) *director {
	d := &director{}
	d.direct(script)
	return d
}

// direct replaces the script; the counts go on.
func (d *director) direct(script Script) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.script = script
	d.script.Drops = slices.Clone(script.Drops)
	d.chance = rand.New(rand.NewPCG(script.RefuseSeed, 1))
	d.status.FirstWriteAt = 0
}

func (d *director) reset() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.status = Status{}
}

func (d *director) report() Status {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	reported := d.status
	reported.Kills = append([]Struck{}, d.status.Kills...) // [] in JSON, and not null
	reported.Problems = append([]string{}, d.status.Problems...)
	return reported
}

// generation tells the connections of a client from those of its next life.
func (d *director) generation() int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.deaths
}

// judge counts a request that came by a connection of that generation.
func (d *director) judge(r *http.Request, generation int) fate {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if generation < d.deaths {
		return fate{act: ignore}
	}
	if d.dying {
		return fate{act: wait}
	}
	d.status.Requests++
	refused := d.script.RefuseShare > 0 && !isWatch(r) && d.chance.Float64() < d.script.RefuseShare
	if !refused && isWrite(r) {
		d.countWrite()
	}
	if d.isKilled(r) {
		return d.killing(r)
	}
	if refused {
		d.status.Refused++
		return fate{act: refuse, retryAfter: d.script.RetryAfterSeconds}
	}
	if isWrite(r) {
		return d.dropping()
	}
	return fate{}
}

func (d *director) countWrite() {
	d.status.Writes++
	if d.status.FirstWriteAt == 0 {
		d.status.FirstWriteAt = float64(time.Now().UnixMicro()) / 1e6
	}
}

func (d *director) isKilled(r *http.Request) bool {
	planned := d.script.Kill
	return planned != nil && d.status.Requests >= planned.Request &&
		(planned.Method == "" || planned.Method == r.Method)
}

// killing takes the kill off the script.
func (d *director) killing(r *http.Request) fate {
	planned := *d.script.Kill
	d.script.Kill = nil
	d.dying = planned.HoldMilliseconds > 0
	struck := Struck{d.status.Requests, d.status.Writes, r.Method, r.URL.Path, planned.Moment}
	return fate{act: kill, moment: planned.Moment, pid: planned.PID, struck: struck,
		hold: time.Duration(planned.HoldMilliseconds) * time.Millisecond}
}

func (d *director) dropping() fate {
	at := slices.IndexFunc(d.script.Drops, func(planned Drop) bool { return planned.Write == d.status.Writes })
	if at < 0 {
		return fate{}
	}
	moment := d.script.Drops[at].Moment
	d.script.Drops = slices.Delete(d.script.Drops, at, at+1)
	d.status.Dropped++
	return fate{act: drop, moment: moment}
}

// bury has all ignored that the dying process has still on its way, lest its successor be credited
// with it.
func (d *director) bury() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.deaths++
	d.dying = false
}

// killed notes how a kill came out.
func (d *director) killed(struck Struck, err error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if err != nil {
		d.status.Problems = append(d.status.Problems, err.Error())
		return
	}
	d.status.Kills = append(d.status.Kills, struck)
}

func isWrite(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
}

func isWatch(r *http.Request) bool {
	value := r.URL.Query().Get("watch")
	return value == "1" || value == "true"
}
