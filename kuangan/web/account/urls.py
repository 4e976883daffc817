"""Addresses: log-in, log-out and one's own account."""

from django.urls import URLPattern

from kuangan.web.account import account, joining, keys, personal, signin, sso
from kuangan.web.frame.doors import page

urlpatterns: list[URLPattern] = [
    page("", signin.home, "home"),
    page("login/", signin.login, "login"),
    page("sso/", sso.sso, "sso"),
    page("sso/return/", sso.sso_return, "sso_return"),
    page("sso/code/", sso.sso_code, "sso_code"),
    page("join/", joining.join, "join"),
    page("logout/", signin.logout, "logout"),
    page("account/", account.account, "account"),
    page("account/personal/", personal.personal_data, "personal_data"),
    page("account/password/", account.password, "password"),
    page("account/code/", account.bind_code, "bind_code"),
    page("account/sessions/<int:pk>/end/", account.end_session, "end_session"),
    page("account/sessions/end/", account.end_other_sessions, "end_other_sessions"),
    page("account/keys/new/", keys.new_api_token, "new_api_token"),
    page("account/keys/<int:pk>/stop/", keys.stop_api_token, "stop_api_token"),
    page("users/keys/", keys.api_tokens, "api_tokens"),
    page("users/keys/<int:pk>/stop/", keys.stop_others_token, "stop_others_token"),
]
