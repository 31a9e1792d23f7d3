package proxy

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func ask(d *director, method, target string) fate {
	return d.judge(httptest.NewRequest(method, target, nil), d.generation())
}

func TestRequestsAndWritesAreCounted(t *testing.T) {
	d := newDirector(Script{})

	for _, method := range []string{"GET", "POST", "PATCH", "DELETE", "GET"} {
		if got := ask(d, method, "/api"); got != (fate{}) {
			t.Errorf("%s: %v", method, got)
		}
	}

	if got := d.report(); got.Requests != 5 || got.Writes != 3 || got.FirstWriteAt == 0 {
		t.Errorf("got %+v", got)
	}
}

func TestTheTimeOfTheFirstWriteBeginsAnewWithEachScript(t *testing.T) {
	d := newDirector(Script{})
	ask(d, "POST", "/api")

	d.direct(Script{})

	if got := d.report(); got.FirstWriteAt != 0 || got.Writes != 1 {
		t.Errorf("got %+v", got)
	}
}

func refusals(d *director, target string, count int) []int {
	var refused []int
	for i := range count {
		if ask(d, "GET", target).act == refuse {
			refused = append(refused, i)
		}
	}
	return refused
}

func TestAShareIsRefusedAndTheSeedSaysWhich(t *testing.T) {
	script := Script{RefuseShare: 0.2, RefuseSeed: 7, RetryAfterSeconds: 3}

	first, second := refusals(newDirector(script), "/api", 5000), refusals(newDirector(script), "/api", 5000)
	script.RefuseSeed = 8
	other := refusals(newDirector(script), "/api", 5000)

	if len(first) < 900 || len(first) > 1100 {
		t.Errorf("%d of 5000 refused", len(first))
	}
	if !slices.Equal(first, second) || slices.Equal(first, other) {
		t.Error("the choice does not follow the seed")
	}
}

func TestWatchesAreNotRefused(t *testing.T) {
	d := newDirector(Script{RefuseShare: 0.9})

	if got := refusals(d, "/api?watch=true&timeoutSeconds=5", 100); len(got) > 0 {
		t.Errorf("%d watches refused", len(got))
	}
}

func TestAConnectionIsDroppedAtOneWriteOnly(t *testing.T) {
	d := newDirector(Script{Drops: []Drop{{Write: 2, Moment: After}, {Write: 3, Moment: Before}}})

	var got []fate
	for _, method := range []string{"POST", "GET", "POST", "POST", "POST"} {
		got = append(got, ask(d, method, "/api"))
	}

	want := []fate{{}, {}, {act: drop, moment: After}, {act: drop, moment: Before}, {}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAKillStrikesOnceAtItsRequest(t *testing.T) {
	d := newDirector(Script{Kill: &Kill{Request: 2, Moment: Before, PID: 4711}})

	first, second, third := ask(d, "GET", "/a"), ask(d, "POST", "/b"), ask(d, "GET", "/c")

	want := fate{act: kill, moment: Before, pid: 4711,
		struck: Struck{Request: 2, Write: 1, Method: "POST", Path: "/b", Moment: Before}}
	if first.act != pass || second != want || third.act != pass {
		t.Errorf("got %v, %v, %v", first, second, third)
	}
}

func TestAKillThatComesTooLateStrikesTheNextRequest(t *testing.T) {
	d := newDirector(Script{})
	ask(d, "GET", "/a")
	ask(d, "GET", "/b")

	d.direct(Script{Kill: &Kill{Request: 1, Moment: After, PID: 4711}})

	if got := ask(d, "GET", "/c"); got.act != kill || got.struck.Request != 3 {
		t.Errorf("got %v", got)
	}
}

func TestAKillMayWaitForAMethod(t *testing.T) {
	d := newDirector(Script{Kill: &Kill{Request: 1, Method: "DELETE", Moment: After, PID: 4711}})

	if got := ask(d, "POST", "/a"); got.act != pass {
		t.Errorf("got %v", got)
	}
	if got := ask(d, "DELETE", "/b"); got.act != kill {
		t.Errorf("got %v", got)
	}
}

func TestAKillMayHoldBackWhatComesBehind(t *testing.T) {
	d := newDirector(Script{Kill: &Kill{Request: 1, Moment: After, PID: 4711, HoldMilliseconds: 300}})

	first, second := ask(d, "POST", "/a"), ask(d, "POST", "/b")
	d.bury()
	third := ask(d, "POST", "/c")

	if first.act != kill || first.hold != 300*time.Millisecond || second.act != wait || third.act != pass {
		t.Errorf("got %v, %v, %v", first, second, third)
	}
	if got := d.report(); got.Requests != 2 {
		t.Errorf("%d requests counted", got.Requests)
	}
}

func TestWhatTheDeadHadOnItsWayIsIgnored(t *testing.T) {
	d := newDirector(Script{})
	former := d.generation()
	d.bury()

	got := d.judge(httptest.NewRequest(http.MethodPost, "/api", nil), former)

	if got.act != ignore || d.report().Requests != 0 {
		t.Errorf("got %v, %+v", got, d.report())
	}
}

func TestAScriptThatCannotBePlayedIsRefused(t *testing.T) {
	for want, script := range map[string]Script{
		"less than 1":       {RefuseShare: 1},
		"0 seconds":         {RetryAfterSeconds: -1},
		`called "later"`:    {Drops: []Drop{{Write: 1, Moment: "later"}}},
		`called ""`:         {Kill: &Kill{Request: 1, PID: 4711}},
		"not for killing":   {Kill: &Kill{Request: 1, Moment: After, PID: 1}},
		"0 is not for kill": {Kill: &Kill{Request: 1, Moment: After}},
	} {
		if err := script.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
