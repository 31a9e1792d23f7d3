package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"os"
	"path/filepath"

	"salvor.test/cluster/internal/network"
	"salvor.test/cluster/internal/statedir"
)

// The files' names without their ending: .crt for a certificate, .key for a key.
const (
	ClusterCA         = "ca"
	APIServer         = "kube-apiserver"
	ServiceAccounts   = "service-accounts" // a bare pair of keys: .pub and .key
	FrontProxyCA      = "front-proxy-ca"
	FrontProxyClient  = "front-proxy-client"
	Admin             = "admin"
	ControllerManager = "kube-controller-manager"
	Scheduler         = "kube-scheduler"
	Kubelet           = "kubelet"
	KubeletClient     = "kubelet-client" // the API server, when it asks the kubelet for something
)

// Certificate, Key and PublicKey are the paths of the files of one of the names above.
func Certificate(name string) string { return filepath.Join(statedir.PKI, name+".crt") }
func Key(name string) string         { return filepath.Join(statedir.PKI, name+".key") }
func PublicKey(name string) string   { return filepath.Join(statedir.PKI, name+".pub") }

type leaf struct {
	name, authority string
	template        x509.Certificate
}

var leaves = []leaf{
	{APIServer, ClusterCA, server(APIServer)},
	{FrontProxyClient, FrontProxyCA, client(FrontProxyClient)},
	{Admin, ClusterCA, client("admin", "system:masters")},
	{ControllerManager, ClusterCA, client("system:kube-controller-manager")},
	{Scheduler, ClusterCA, client("system:kube-scheduler")},
	{Kubelet, ClusterCA, client("system:node:"+network.NodeName, "system:nodes")},
	{KubeletClient, ClusterCA, client("kube-apiserver-kubelet-client", "system:masters")},
}

// Ensure makes all keys and certificates, unless a kept cluster brought its own along: tokens and
// certificates that were handed out before stay good then.
func Ensure() error {
	if _, err := os.Stat(statedir.PKI); err == nil {
		return nil
	}
	files, err := makeAll()
	if err != nil {
		return err
	}
	return statedir.WriteFolder(statedir.PKI, files)
}

func makeAll() (map[string][]byte, error) {
	files := map[string][]byte{}
	add := func(name string, made pair) {
		files[name+".crt"], files[name+".key"] = made.certificate, made.key
	}
	authorities := map[string]*authority{}
	for _, name := range []string{ClusterCA, FrontProxyCA} {
		made, err := newAuthority(name)
		if err != nil {
			return nil, err
		}
		authorities[name] = made
		add(name, made.pair)
	}
	for _, leaf := range leaves {
		template := leaf.template
		made, err := authorities[leaf.authority].issue(&template)
		if err != nil {
			return nil, err
		}
		add(leaf.name, made)
	}
	return files, addServiceAccountKeys(files)
}

func addServiceAccountKeys(files map[string][]byte) error {
	key, err := newKey()
	if err != nil {
		return err
	}
	if files[ServiceAccounts+".key"], err = encodeKey(key); err != nil {
		return err
	}
	files[ServiceAccounts+".pub"], err = encodePublicKey(key)
	return err
}

func client(user string, groups ...string) x509.Certificate {
	return x509.Certificate{
		Subject:     pkix.Name{CommonName: user, Organization: groups},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
}

// server is for the names by which programs outside and pods inside reach the API server.
func server(name string) x509.Certificate {
	return x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.ParseIP(network.Loopback), net.ParseIP(network.Shared), net.ParseIP(network.APIService)},
		DNSNames: []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
			"kubernetes.default.svc.cluster.local"},
	}
}
