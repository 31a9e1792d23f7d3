package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	snapshotclient "github.com/kubernetes-csi/external-snapshotter/client/v8/clientset/versioned"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"

	"salvor.test/cluster/internal/csidriver"
)

// At the client's usual 5 requests a second, tests would mostly wait for it.
const (
	requestsPerSecond = 200
	requestsBurst     = 400
	claimsAtATime     = 8
)

// Waiting between attempts begins and ends with these.
const (
	retryMin = 200 * time.Millisecond
	retryMax = 2 * time.Second
)

// provisioner makes volumes for claims, and removes them: what external-provisioner does, on the
// same library. That program itself can't be built: a module it needs isn't served.
type provisioner struct {
	driver    csidriver.Driver
	calls     csi.ControllerClient
	kube      kubernetes.Interface
	snapshots snapshotclient.Interface
}

func runProvisioner(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("provisioner", flag.ExitOnError)
	name := flags.String("driver", "", "which driver to serve")
	socket := flags.String("socket", "", "where the driver listens")
	kubeconfig := flags.String("kubeconfig", "", "how to reach the API server")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	driver, err := csidriver.Find(*name)
	if err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = requestsPerSecond, requestsBurst
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	snapshots, err := snapshotclient.NewForConfig(config)
	if err != nil {
		return err
	}
	connection, err := connect(*socket)
	if err != nil {
		return err
	}
	defer connection.Close()
	served := &provisioner{driver: driver, calls: csi.NewControllerClient(connection), kube: kube, snapshots: snapshots}
	go served.expandClaims(ctx)
	controller.NewProvisionController(ctx, kube, driver.Name, served,
		controller.LeaderElection(false),
		controller.AddFinalizer(true),
		controller.FailedProvisionThreshold(0),
		controller.FailedDeleteThreshold(0),
		controller.Threadiness(claimsAtATime),
		controller.RateLimiter(workqueue.NewTypedItemExponentialFailureRateLimiter[string](retryMin, retryMax)),
	).Run(ctx)
	return nil
}

// connect reaches a driver that is started anew within a second or so.
func connect(socket string) (*grpc.ClientConn, error) {
	patience := grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: retryMin, Multiplier: 1.5, MaxDelay: retryMax}}
	return grpc.NewClient("unix://"+socket, grpc.WithConnectParams(patience),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
}

// ShouldProvision leaves claims alone whose content comes from something else: whoever knows that
// kind is to fill them.
func (p *provisioner) ShouldProvision(_ context.Context, claim *core.PersistentVolumeClaim) bool {
	from := claim.Spec.DataSourceRef
	return from == nil || isSnapshot(from) || isClaim(from)
}

func (p *provisioner) Provision(ctx context.Context, asked controller.ProvisionOptions) (
	*core.PersistentVolume, controller.ProvisioningState, error) {
	content, err := p.contentSource(ctx, asked.PVC)
	if err != nil {
		return nil, controller.ProvisioningNoChange, err
	}
	wanted := asked.PVC.Spec.Resources.Requests[core.ResourceStorage]
	answer, err := p.calls.CreateVolume(ctx, &csi.CreateVolumeRequest{
		Name:          asked.PVName,
		CapacityRange: &csi.CapacityRange{RequiredBytes: wanted.Value()},
		VolumeCapabilities: []*csi.VolumeCapability{{
			AccessType: &csi.VolumeCapability_Mount{Mount: &csi.VolumeCapability_MountVolume{}},
			AccessMode: &csi.VolumeCapability_AccessMode{Mode: csi.VolumeCapability_AccessMode_SINGLE_NODE_WRITER},
		}},
		Parameters:          asked.StorageClass.Parameters,
		VolumeContentSource: content,
	})
	if err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	return p.volume(asked, answer.GetVolume()), controller.ProvisioningFinished, nil
}

func (p *provisioner) volume(asked controller.ProvisionOptions, made *csi.Volume) *core.PersistentVolume {
	mode := core.PersistentVolumeFilesystem
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: asked.PVName},
		Spec: core.PersistentVolumeSpec{
			AccessModes:                   asked.PVC.Spec.AccessModes,
			Capacity:                      core.ResourceList{core.ResourceStorage: bytes(made.GetCapacityBytes())},
			VolumeMode:                    &mode,
			MountOptions:                  asked.StorageClass.MountOptions,
			PersistentVolumeReclaimPolicy: *asked.StorageClass.ReclaimPolicy,
			PersistentVolumeSource: core.PersistentVolumeSource{CSI: &core.CSIPersistentVolumeSource{
				Driver: p.driver.Name, VolumeHandle: made.GetVolumeId(), VolumeAttributes: made.GetVolumeContext()}},
		},
	}
}

func bytes(count int64) resource.Quantity { return *resource.NewQuantity(count, resource.BinarySI) }

func (p *provisioner) Delete(ctx context.Context, volume *core.PersistentVolume) error {
	if volume.Spec.CSI == nil || volume.Spec.CSI.Driver != p.driver.Name {
		return &controller.IgnoredError{Reason: fmt.Sprintf("%s is no volume of %s", volume.Name, p.driver.Name)}
	}
	_, err := p.calls.DeleteVolume(ctx, &csi.DeleteVolumeRequest{VolumeId: volume.Spec.CSI.VolumeHandle})
	return err
}
