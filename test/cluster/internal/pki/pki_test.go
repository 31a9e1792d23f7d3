package pki

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"
)

func TestEachCertificateIsGoodForItsUse(t *testing.T) {
	files, err := makeAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range leaves {
		made, err := tls.X509KeyPair(files[leaf.name+".crt"], files[leaf.name+".key"])
		if err != nil {
			t.Errorf("%s: %v", leaf.name, err)
			continue
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(files[leaf.authority+".crt"])
		usage := leaf.template.ExtKeyUsage
		if _, err := made.Leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: usage}); err != nil {
			t.Errorf("%s: %v", leaf.name, err)
		}
	}
}

func TestFrontProxyAuthorityVouchesForNoUser(t *testing.T) {
	files, err := makeAll()
	if err != nil {
		t.Fatal(err)
	}
	admin, err := tls.X509KeyPair(files[Admin+".crt"], files[Admin+".key"])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(files[FrontProxyCA+".crt"])

	_, err = admin.Leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})

	if err == nil {
		t.Error("the front proxy's authority accepts a user's certificate")
	}
}

func TestAPIServerIsNamedAsClientsCallIt(t *testing.T) {
	files, err := makeAll()
	if err != nil {
		t.Fatal(err)
	}
	made, err := tls.X509KeyPair(files[APIServer+".crt"], files[APIServer+".key"])
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "kubernetes.default.svc"} {
		if err := made.Leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
}

func TestKeptKeysAreUsedAgain(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := Ensure(); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(Key(ServiceAccounts))
	if err != nil {
		t.Fatal(err)
	}

	if err := Ensure(); err != nil {
		t.Fatal(err)
	}

	second, err := os.ReadFile(Key(ServiceAccounts))
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the key has changed (%v)", err)
	}
}
