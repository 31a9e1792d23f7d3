package load

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestABystanderReadsWhileEarlierReadsWait(t *testing.T) {
	var arrived atomic.Int64
	enough := make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	path := serve(t, func(http.ResponseWriter, *http.Request) {
		if arrived.Add(1) == 3 {
			stop()
			close(enough)
		}
		<-enough
	})
	var out bytes.Buffer

	err := Bystander(ctx, path, 100, &out)

	if err != nil || !strings.Contains(out.String(), " p99_ms=") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestABystanderTellsOfRefusals(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	path := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })

	err := Bystander(ctx, path, 100, &bytes.Buffer{})

	if err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("got %v", err)
	}
}
