package proxy

import (
	"encoding/json"
	"net/http"
)

// control is the endpoint by which a test directs the proxy:
//
//	GET  /status   the counts
//	PUT  /script   replaces the script; the counts go on
//	POST /reset    the counts begin anew; the script stays
func control(director *director) http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(director.report()) // who has gone needs no answer
	})
	routes.HandleFunc("PUT /script", func(w http.ResponseWriter, r *http.Request) {
		script, err := readScript(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		director.direct(script)
	})
	routes.HandleFunc("POST /reset", func(http.ResponseWriter, *http.Request) { director.reset() })
	return routes
}

func readScript(r *http.Request) (Script, error) {
	var script Script
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&script); err != nil {
		return script, err
	}
	return script, script.check()
}
