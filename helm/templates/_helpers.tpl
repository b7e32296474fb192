{{/* What the names of all objects begin with; a Service has at most 63 characters, "-worker" among them. */}}
{{- define "shatterlab.fullname" -}}
{{- $name := ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) (contains .Chart.Name .Release.Name) }}
{{- $name | trunc 56 | trimSuffix "-" }}
{{- end }}

{{/* What never changes in the life of a release; app.kubernetes.io/component tells the roles apart. */}}
{{- define "shatterlab.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The Deployments there are, by the ends of their names: the keys of their values. */}}
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
