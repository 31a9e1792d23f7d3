package load

// fields are a part of an object as JSON has it.
type fields map[string]any

// kind is one of those that the set consists of.
type kind struct {
	apiVersion, name string
	resource         string // its path below the group's version
	// of says what is in an object besides its name. The name of another object of the block
	// follows from that one's place in the block.
	of func(block block) fields
}

// block is one deal of the mix: objects of one namespace that name each other.
type block struct {
	name func(place int) string
	text func() string // a new one each time
}

// Places in the block of what others name.
const (
	configMap      = 0
	secret         = 7
	serviceAccount = 11
	role           = 13
)

const thingsGroup = "mix.salvor.test"

var (
	configMaps = kind{"v1", "ConfigMap", "configmaps", func(b block) fields {
		return fields{"data": fields{"data": b.text()}}
	}}
	secrets = kind{"v1", "Secret", "secrets", func(b block) fields {
		return fields{"data": fields{"data": b.text()}}
	}}
	serviceAccounts = kind{"v1", "ServiceAccount", "serviceaccounts", func(block) fields {
		return fields{"automountServiceAccountToken": false}
	}}
	services = kind{"v1", "Service", "services", func(block) fields {
		return fields{"spec": fields{
			"selector": fields{"app": "mix"},
			"ports":    []fields{{"name": "http", "port": 80, "targetPort": 8080}},
		}}
	}}
	roles = kind{"rbac.authorization.k8s.io/v1", "Role", "roles", func(block) fields {
		return fields{"rules": []fields{{"apiGroups": []string{""}, "resources": []string{"pods"}, "verbs": []string{"get", "list"}}}}
	}}
	roleBindings = kind{"rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", func(b block) fields {
		return fields{
			"roleRef":  fields{"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": b.name(role)},
			"subjects": []fields{{"kind": "ServiceAccount", "name": b.name(serviceAccount)}},
		}
	}}
	// No pods: they would only measure the controllers.
	deployments = kind{"apps/v1", "Deployment", "deployments", func(b block) fields {
		return fields{"spec": fields{
			"replicas": 0,
			"selector": fields{"matchLabels": fields{"app": "mix"}},
			"template": fields{"metadata": fields{"labels": fields{"app": "mix"}}, "spec": podSpec(b, "Always")},
		}}
	}}
	cronJobs = kind{"batch/v1", "CronJob", "cronjobs", func(b block) fields {
		return fields{"spec": fields{
			"schedule":    "0 0 1 1 *",
			"jobTemplate": fields{"spec": fields{"template": fields{"spec": podSpec(b, "OnFailure")}}},
		}}
	}}
	claims = kind{"v1", "PersistentVolumeClaim", "persistentvolumeclaims", func(block) fields {
		return fields{"spec": fields{
			"accessModes":      []string{"ReadWriteOnce"},
			"storageClassName": "", // nobody makes a volume for it
			"resources":        fields{"requests": fields{"storage": "1Gi"}},
		}}
	}}
	things = kind{thingsGroup + "/v1", "Thing", "things", func(b block) fields {
		return fields{"spec": fields{"data": b.text(), "configMap": b.name(configMap)}}
	}}
)

// mix is what a block consists of, in this order.
var mix = []kind{
	configMap: configMaps, configMaps, configMaps, configMaps, configMaps, configMaps, configMaps,
	secret: secrets, secrets, secrets, secrets,
	serviceAccount: serviceAccounts, services,
	role: roles, roleBindings,
	deployments, cronJobs, claims, things, things,
}

func podSpec(b block, restart string) fields {
	return fields{
		"restartPolicy":      restart,
		"serviceAccountName": b.name(serviceAccount),
		"containers": []fields{{
			"name":  "main",
			"image": "mix.salvor.test/main:1",
			"envFrom": []fields{
				{"configMapRef": fields{"name": b.name(configMap)}}, {"secretRef": fields{"name": b.name(secret)}},
			},
		}},
	}
}

// thingsDefinition is what has the cluster serve Things.
var thingsDefinition = fields{
	"apiVersion": "apiextensions.k8s.io/v1",
	"kind":       "CustomResourceDefinition",
	"metadata":   fields{"name": "things." + thingsGroup},
	"spec": fields{
		"group": thingsGroup,
		"scope": "Namespaced",
		"names": fields{"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"},
		"versions": []fields{{
			"name": "v1", "served": true, "storage": true,
			"schema": fields{"openAPIV3Schema": fields{
				"type": "object",
				"properties": fields{"spec": fields{
					"type":       "object",
					"properties": fields{"data": fields{"type": "string"}, "configMap": fields{"type": "string"}},
				}},
			}},
		}},
	},
}
