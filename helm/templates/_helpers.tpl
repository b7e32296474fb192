{{/* The prefix of all object names. A Service name has at most 63 characters, including a suffix such as "-worker". */}}
{{- define "shatterlab.fullname" -}}
{{- $name := ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) (contains .Chart.Name .Release.Name) }}
{{- $name | trunc 56 | trimSuffix "-" }}
{{- end }}

{{/* Labels that stay the same for the life of a release. The label app.kubernetes.io/component distinguishes the roles. */}}
{{- define "shatterlab.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The Deployments of this release. Maps the suffix of each Deployment name to the key of its values. */}}
{{- define "shatterlab.deployments" -}}
api: api
worker: worker
{{- if .Values.gpuWorker.enabled }}
gpu: gpuWorker
{{- end }}
{{- end }}

{{- define "shatterlab.labels" -}}
{{ include "shatterlab.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}
