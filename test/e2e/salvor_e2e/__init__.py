"""What the end-to-end tests and the demo share: a server, a control plane, a client. No header of ours."""
