package proxy

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

func call(d *director, method, path, body string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	control(d).ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
	return recorder
}

func TestAScriptTakesEffectAtOnce(t *testing.T) {
	d := newDirector(Script{})

	answer := call(d, "PUT", "/script", `{"kill": {"request": 1, "moment": "after", "pid": 4711}}`)

	if got := ask(d, "GET", "/api"); answer.Code != 200 || got.act != kill || got.pid != 4711 {
		t.Errorf("%d, then %v", answer.Code, got)
	}
}

func TestAScriptThatIsWrongChangesNothing(t *testing.T) {
	d := newDirector(Script{})

	for _, body := range []string{"", `{"kil": {}}`, `{"refuse_share": 2}`} {
		if answer := call(d, "PUT", "/script", body); answer.Code != 400 || answer.Body.Len() == 0 {
			t.Errorf("%q: %d %s", body, answer.Code, answer.Body)
		}
	}
}

func TestStatusIsToldAndReset(t *testing.T) {
	d := newDirector(Script{})
	ask(d, "POST", "/api")
	var told Status

	err := json.Unmarshal(call(d, "GET", "/status", "").Body.Bytes(), &told)

	if err != nil || told.Requests != 1 || told.Writes != 1 {
		t.Errorf("%+v, %v", told, err)
	}
	call(d, "POST", "/reset", "")
	if got := d.report(); got.Requests != 0 || got.Writes != 0 {
		t.Errorf("%+v", got)
	}
}
